"""What people use instead of chude, each as a program that trains or labels by itself: JOB DATA MODEL OUT.

DATA is JSONL with `title`, `text` and `label`; `train` writes MODEL, `predict` writes OUT, a JSON list of labels.
"""

from __future__ import annotations

_READ = """
import json, sys
job, data, model, out = sys.argv[1:]
with open(data, encoding="utf-8") as stream:
    rows = [json.loads(line) for line in stream]
texts, labels = [row["title"] + "\\n" + row["text"] for row in rows], [row["label"] for row in rows]
"""

OBVIOUS = (
    _READ
    + """
import pickle
from pyvi import ViTokenizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC
words = [ViTokenizer.tokenize(text) for text in texts]
if job == "train":
    pipeline = make_pipeline(TfidfVectorizer(sublinear_tf=True, min_df=3, token_pattern=r"\\S+"), LinearSVC(C=0.3))
    with open(model, "wb") as stream:
        pickle.dump(pipeline.fit(words, labels), stream)
else:
    with open(model, "rb") as stream:
        predicted = pickle.load(stream).predict(words)
    with open(out, "w") as stream:
        json.dump(predicted.tolist(), stream)
"""
)

_RUST = """
from underthesea_core import TextClassifier
if job == "train":
    classifier = TextClassifier()
    classifier.fit(texts, labels)
    classifier.save(model)
else:
    with open(out, "w") as stream:
        json.dump(TextClassifier.load(model).predict_batch(texts), stream)
"""
_SEGMENTED = """
from underthesea import word_tokenize
texts = [word_tokenize(text, format="text") for text in texts]
"""

# `f.predict` rather than `predict`, whose wrapper fails with numpy 2 in the last release that has wheels.
_FASTTEXT = """
import fasttext
texts = [" ".join(text.split()) for text in texts]
if job == "train":
    with open(out, "w", encoding="utf-8") as stream:
        stream.writelines("__label__%s %s\\n" % (label.replace(" ", "_"), text) for text, label in zip(texts, labels))
    fasttext.train_supervised(out, wordNgrams=2, epoch=10, lr=1.0, thread=1, verbose=0).save_model(model)
else:
    fitted = fasttext.load_model(model)
    found = [fitted.f.predict(text + "\\n", 1, 0.0, "strict")[0][1] for text in texts]
    with open(out, "w") as stream:
        json.dump([label.removeprefix("__label__").replace("_", " ") for label in found], stream)
"""

PEERS = {
    "obvious": ("pyvi + TfidfVectorizer + LinearSVC", OBVIOUS),
    "fasttext": ("fastText, wordNgrams 2, 10 epochs, lr 1.0", _READ + _FASTTEXT),
    "rust": ("underthesea_core TextClassifier", _READ + _RUST),
    "rust-words": ("underthesea word_tokenize + TextClassifier", _READ + _SEGMENTED + _RUST),
}
"""Short name: (name in the table, program)."""
