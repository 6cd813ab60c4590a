"""Text with no format of its own: the notations of placeholders, and tags where they certainly are tags."""

from ai_worker.pipelines.corrections.protection.formats.notations import NOTATIONS
from ai_worker.pipelines.corrections.protection.formats.tags import comments, tags
from ai_worker.pipelines.corrections.protection.spans import Finder

FINDERS: tuple[Finder, ...] = (*comments, tags, *NOTATIONS)
