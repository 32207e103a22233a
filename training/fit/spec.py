"""Everything that a training run depends on besides its corpus."""

from __future__ import annotations

from dataclasses import dataclass, field

from classifier.features.spec import FeatureSpec


@dataclass(frozen=True, slots=True)
class TrainingSpec:
    """Everything that a training run depends on besides its corpus.

    solver: the linear machine, of `training.fit.solvers.SOLVERS`. C: its inverse regularisation (0: the corpus's own
    cross-validation chooses). balance: how far the rarer side of each label outweighs its number (0: not at all, 1:
    both sides weigh the same). prior: how much the word vectors of real news count (0: the corpus alone counts).
    news_idf: with a prior, document frequencies are those of real news too, and terms in a larger share of it than
    `most_common` are left out. min_df: in how many articles a term must stand. max_terms: the most frequent so many are
    kept (0: all). open_choice: the corpus is asked which of what is costly pays (`training.fit.choose`). folds: of the
    cross-validation that calibration and the reported scores come from. calibration: its form, of
    `training.fit.forms.FORMS` ("": by how it does on articles left out).
    threshold: least probability at which a topic is named; secondary_threshold: likewise for further topics.
    other_log_odds: by how much more (natural logarithm of the odds) an article is "other" where the model will be used
    than in the corpus; confidence: by what factor its log-odds shrink there. real_news: learn from the counts of
    labelled real news (`training.real_news`) too, and fit the calibration on these alone. seed: of every random choice.
    """

    features: FeatureSpec = field(default_factory=FeatureSpec)
    solver: str = "svm"
    C: float = 1.0
    balance: float = 0.0
    prior: float = 1.5
    news_idf: bool = True
    most_common: float = 0.1
    min_df: int = 2
    max_terms: int = 0
    open_choice: bool = False
    folds: int = 5
    calibration: str = ""
    threshold: float = 0.0
    secondary_threshold: float = 0.5
    other_log_odds: float = 0.0
    confidence: float = 1.0
    real_news: bool = False
    seed: int = 13
