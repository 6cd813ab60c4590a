"""HTML and XML: comments, tags, entities; template code inside of them goes first."""

from ai_worker.pipelines.corrections.protection.formats.notations import NOTATIONS, templates
from ai_worker.pipelines.corrections.protection.formats.tags import comments, tags
from ai_worker.pipelines.corrections.protection.spans import Finder, between

FINDERS: tuple[Finder, ...] = (between("<?xml", "?>", "head"), *comments, tags, *templates, *NOTATIONS)
