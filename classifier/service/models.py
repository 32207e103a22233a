"""The models that a service speaks with: by name, and new ones taken over without a dropped request."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.engines.callables import Labeller, loaded, model_digest
from classifier.errors import ArtifactError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Models:
    """Models by the names of their folders; the first is the one where none is named."""

    def __init__(self, folders: Sequence[str | None], say: Callable[[str], None]) -> None:
        self._say = say
        self._labellers: dict[str, Labeller] = {}
        self._about: dict[str, dict[str, Any]] = {}
        self._refused: dict[str, str] = {}
        for folder in folders or (None,):
            labeller = Labeller(folder)
            model, _ = loaded(labeller.model, labeller.digest)
            name = str(model.info.get("name") or Path(folder or "model").name)
            if name in self._labellers:
                raise UsageError("-m", f"two models are called {name!r}", "name each once")
            self._take(name, labeller)

    def __iter__(self) -> Any:
        return iter(self._labellers.values())

    def named(self, name: str | None) -> tuple[str, Labeller]:
        """Return a model's name and what labels with it. Raises UsageError for one that is not there."""
        name = next(iter(self._labellers)) if name is None else name
        if name not in self._labellers:
            raise UsageError(name, "is no model of this service", f"ask for one of {', '.join(self._labellers)}")
        return name, self._labellers[name]

    def listed(self) -> list[dict[str, Any]]:
        """Return what is known of each."""
        return [{"name": name, "digest": self._labellers[name].digest, **self._about[name]} for name in self._labellers]

    def changed(self) -> dict[str, Labeller]:
        """Return the models whose folders hold others by now, loaded; one that cannot be used is said once."""
        found = {}
        for name, old in self._labellers.items():
            try:
                digest = model_digest(old.model)
                if digest in (old.digest, self._refused.get(name)):
                    continue
                new = Labeller(old.model)
                loaded(new.model, new.digest)
            except ArtifactError as error:
                self._refuse(name, error, old.model)
            else:
                found[name] = new
        return found

    def _refuse(self, name: str, error: ArtifactError, folder: str | None) -> None:
        try:
            digest = model_digest(folder)
        except ArtifactError:
            digest = "missing"
        if self._refused.get(name) != digest:
            self._refused[name] = digest
            self._say(f"chude: {error}; the model that was there goes on")

    def take(self, new: dict[str, Labeller]) -> None:
        """Speak with these from now on."""
        for name, labeller in new.items():
            self._take(name, labeller)
            self._refused.pop(name, None)
            self._say(f"chude: {name} is renewed")

    def _take(self, name: str, labeller: Labeller) -> None:
        model, _ = loaded(labeller.model, labeller.digest)
        self._labellers[name] = labeller
        self._about[name] = {
            "labels": list(model.labels),
            "display_names": dict(model.display_names),
            "articles": model.info.get("articles"),
            "made": model.info.get("made"),
        }
