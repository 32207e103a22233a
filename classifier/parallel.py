"""Labels a stream of pages in several processes; order and output are those of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifier.features import page_batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from classifier.model import Model
    from classifier.types import Page, Prediction


def predict_parallel(
    model: Model, pages: Iterable[Page], *, jobs: int, threshold: float | None, explain: int
) -> Iterator[Prediction]:
    """As `model.iter_predict`, in `jobs` worker processes that each take whole batches."""
    from joblib import Parallel, delayed

    worker = _Worker(model.without_caches(), threshold, explain)
    results = Parallel(n_jobs=jobs, return_as="generator", pre_dispatch="2*n_jobs", batch_size=1)(
        delayed(worker)(batch) for batch in page_batches(pages)
    )
    for predictions in results:
        yield from predictions


class _Worker:
    """A model and how to ask it; a process keeps the segmenter it has loaded from one batch to the next."""

    def __init__(self, model: Model, threshold: float | None, explain: int) -> None:
        self._model, self._threshold, self._explain = model, threshold, explain

    def __call__(self, pages: list[Page]) -> list[Prediction]:
        model = _kept(self._model)
        return model.predict(pages, threshold=self._threshold, explain=self._explain)


def _kept(model: Model) -> Model:
    """The copy of this model that the process already has, with its tables warm."""
    for known in _MODELS:
        if known.same_as(model):
            return known
    _MODELS[:] = [model]
    return model


# The one piece of module state in the core: a worker process lives for many batches, each of which brings the model anew.
_MODELS: list[Model] = []
