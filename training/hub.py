"""What a model says of itself to hubs and catalogues: the metadata of a Hugging Face model card, as JSON and as YAML.

The keys are those of the model card specification (huggingface.co/docs/hub/model-cards); scores are its `model-index`.
"""

from __future__ import annotations

import json
from typing import Any

LANGUAGE, LIBRARY, TASK = "vi", "chude", "text-classification"
OWN_LICENSE = "mit"
"""Of the model that is made of what is in the project; whose a user's corpus is, the program cannot know."""
_NAMES = {"accuracy": "Accuracy", "macro_f1": "macro-F1"}
_TYPES = {"accuracy": "accuracy", "macro_f1": "f1"}


def metadata(info: dict[str, Any]) -> dict[str, Any]:
    """The metadata of a model by its `info`, plain JSON values; scores are the cross-validated ones, six digits. A
    model made from words alone has none: no article was labelled.
    """
    judged = [
        ("Real news, cross-validated", "real_news", info.get("real_news")),
        ("Its own corpus, cross-validated", "own_corpus", info.get("cross_validated")),
    ]
    results = [
        {
            "task": {"type": TASK, "name": "Topic of a news article"},
            "dataset": {"type": kind, "name": name},
            "metrics": [
                {"type": _TYPES[key], "name": _NAMES[key], "value": round(scores[key], 6)}
                for key in _NAMES
                if scores.get(key) is not None
            ],
        }
        for name, kind, scores in judged
        if scores and "from_words" not in info
    ]
    found: dict[str, Any] = {"language": LANGUAGE, "library_name": LIBRARY, "pipeline_tag": TASK}
    if info["built_in"]:
        found["license"] = OWN_LICENSE
    found["tags"] = [LIBRARY, "news", "topic-classification", "vietnamese"]
    if results:
        found["model-index"] = [{"name": info["name"], "results": results}]
    return found


def front_matter(found: dict[str, Any]) -> str:
    """The metadata as it stands at the top of a card: YAML between two lines of dashes, a key a line.

    Values are written as JSON, which YAML 1.2 takes as it is, so that no name can be mistaken for anything else.
    """
    lines = [f"{key}: {json.dumps(value, ensure_ascii=True)}" for key, value in found.items()]
    return "\n".join(["---", *lines, "---", ""])
