"""Subtitles (SubRip, WebVTT): numbers and times are the frame, the lines under them are the text."""

from ai_worker.pipelines.corrections.protection.formats.notations import NOTATIONS
from ai_worker.pipelines.corrections.protection.formats.tags import tags
from ai_worker.pipelines.corrections.protection.spans import Finder, Role, by_pattern

_TIME = r"\d{1,2}:\d\d(?::\d\d)?[,.]\d{3}"

cues: Finder = by_pattern(
    rf"(?m)^(?:[^\r\n]{{1,40}}\r?\n)?{_TIME}[ \t]*-->[ \t]*{_TIME}[^\r\n]*", "time", Role.CUT, needs=("-->",)
)
header: Finder = by_pattern(r"\A\ufeff?WEBVTT[^\r\n]*", "head", Role.CUT, needs=("WEBVTT",))

FINDERS: tuple[Finder, ...] = (header, cues, tags, *NOTATIONS)
