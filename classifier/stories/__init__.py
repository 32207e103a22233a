"""Stories that live: headlines of weeks and months in groups whose ids stay."""

from __future__ import annotations

from classifier.stories.archive import archive
from classifier.stories.follow import Sighting, Taken, take_in
from classifier.stories.sightings import sightings
from classifier.stories.story import STATES, Story, read_stories, read_story

__all__ = ["STATES", "Sighting", "Story", "Taken", "archive", "read_stories", "read_story", "sightings", "take_in"]
