"""Stories by the fields of a question's schema: the same to the same question."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from devtools.offline_model.question import chance
from devtools.offline_model.stories import words

_CHARACTERS = re.compile(r"exactly (\d+) characters")
_POSTS = re.compile(r"exactly (\d+) posts")
_SHARED = re.compile(r"They write (\d+) posts")
_LINE = r"^{}: (.+)$"


def story(schema: Mapping[str, Any], prompt: str, seed: str) -> dict[str, Any] | None:
    """The answer to a question about a world; None where the schema is of something else.

    Args:
        schema: in whichever dialect, as long as it names its `properties`.
        seed: decides what the prompt does not.
    """
    fields = set(schema.get("properties") or {})
    teller = _Teller(prompt, seed)
    if {"technology_level", "visual_style"} <= fields:
        return teller.world()
    if {"header_prompt", "icon_prompt"} <= fields:
        return teller.pictures()
    if "characters" in fields:
        return teller.characters()
    if {"display_name", "speaking_style"} <= fields:
        return teller.character()
    if {"posts", "narrative_arc"} <= fields:
        return teller.posts()
    if {"content", "hashtags"} <= fields:
        return teller.post()
    return {"prompt": teller.portrait()} if fields == {"prompt"} else None


class _Teller:
    def __init__(self, prompt: str, seed: str) -> None:
        self._prompt = prompt
        self._seed = seed

    def _pick(self, choices: Sequence[str], *place: object) -> str:
        return choices[int(chance(self._seed, *place) * len(choices))]

    def _pair(self, choices: Sequence[str], *place: object) -> list[str]:
        start = int(chance(self._seed, *place) * len(choices))
        return [choices[start], choices[(start + 3) % len(choices)]]

    def _told(self, name: str, otherwise: str) -> str:
        """A line `name: value` of the prompt."""
        found = re.search(_LINE.format(re.escape(name)), self._prompt, re.MULTILINE)
        return found.group(1) if found else otherwise

    def _number(self, pattern: re.Pattern[str], otherwise: int) -> int:
        found = pattern.search(self._prompt)
        return int(found.group(1)) if found else otherwise

    def world(self) -> dict[str, Any]:
        """A world."""
        name = self._pick(words.PLACES, "place") + self._pick(words.ENDINGS, "ending")
        style = self._pick(words.STYLES, "style")
        locations = [
            {
                "name": f"The {place} {part}",
                "description": f"Where {self._pick(words.TOPICS, place)} is talked about first.",
                "significance": "Paths cross here.",
                "visual_style": style,
            }
            for place, part in zip(self._pair(words.PLACES, "spots"), ("Market", "Stairs"), strict=True)
        ]
        return {
            "name": name,
            "description": f"In {name} bridges matter more than roads. Its people trade, sing and repair.",
            "theme": "neighbours between water and sky",
            "technology_level": "wheels, sails and a little electricity",
            "social_structure": "guilds that vote by lantern",
            "culture": "letters, river songs and long suppers",
            "geography": "terraces above a wide, slow river",
            "visual_style": style,
            "history": f"{name} was built three times, each time a little higher.",
            "notable_locations": locations,
            "typical_characters": [{"type": "ferry pilot", "description": "knows every current"}],
            "common_activities": ["night market", "bridge racing"],
            "additional_details": {"climate": "mild, with sudden storms", "language": "English"},
        }

    def pictures(self) -> dict[str, Any]:
        """Prompts of a world's pictures."""
        name, style = self._told("name", "the world"), self._told("visual_style", words.STYLES[0])
        return {
            "header_prompt": f"A wide view of {name} at dusk, bridges over a slow river, {style}",
            "icon_prompt": f"A simple emblem of {name}: a lantern above a wave, {style}",
            "style_reference": style,
            "visual_elements": ["bridges", "lanterns"],
            "mood": self._pick(words.MOODS, "mood"),
            "color_palette": ["amber", "slate", "cream"],
        }

    def characters(self) -> dict[str, Any]:
        """Characters in outline."""
        count = self._number(_CHARACTERS, 3)
        share = max(1, self._number(_SHARED, count) // max(1, count))
        made = []
        for number in range(count):
            trade = words.TRADES[(int(chance(self._seed, "trade") * 10) + number) % len(words.TRADES)]
            made.append(
                {
                    "concept": f"{self._pick(words.FIRST, 'first', number)}, {trade}",
                    "concept_short": trade,
                    "role_in_world": trade,
                    "posts_count": share,
                    "personality_traits": self._pair(words.TRAITS, "trait", number),
                    "interests": self._pair(words.INTERESTS, "interest", number),
                }
            )
        return {
            "characters": made,
            "world_interpretation": "Everybody knows a bridge.",
            "character_connections": [],
        }

    def character(self) -> dict[str, Any]:
        """A character, whole."""
        concept = self._told("concept", "a neighbour")
        first = concept.partition(",")[0] if "," in concept else self._pick(words.FIRST, "first")
        last = self._pick(words.LAST, "last")
        traits = self._pair(words.TRAITS, "traits")
        return {
            "username": f"{first}_{last}".lower(),
            "display_name": f"{first} {last}",
            "bio": f"{concept.partition(', ')[2] or concept}. {self._pick(words.CLOSINGS, 'bio')}",
            "background_story": f"{first} came up the river with one trunk and stayed.",
            "personality": " and ".join(traits),
            "appearance": f"{self._pick(['Tall', 'Small', 'Broad'], 'size')}, with a patched coat",
            "interests": self._pair(words.INTERESTS, "interests"),
            "speaking_style": "short sentences, dry humour",
            "common_topics": self._pair(words.TOPICS, "topics"),
            "avatar_description": f"Portrait of {first} {last}, {traits[0]}, patched coat, lantern light",
            "avatar_style": "portrait",
            "relationships": [],
            "secret": f"Cannot stop thinking about {self._pick(words.TOPICS, 'secret')}.",
            "daily_routine": "Up before the ferries.",
        }

    def posts(self) -> dict[str, Any]:
        """Posts in outline."""
        start = int(chance(self._seed, "topic") * len(words.TOPICS))
        topics = [words.TOPICS[(start + n) % len(words.TOPICS)] for n in range(self._number(_POSTS, 2))]
        made = [
            {
                "topic": topic,
                "content_brief": f"What happened with {topic}.",
                "emotional_tone": self._pick(words.MOODS, "tone", number),
                "post_type": "story",
                "relevance_to_character": "daily life",
            }
            for number, topic in enumerate(topics)
        ]
        return {"posts": made, "narrative_arc": "a week", "character_development": "a little braver"}

    def post(self) -> dict[str, Any]:
        """A post, whole."""
        topic = self._told("topic", self._pick(words.TOPICS, "topic"))
        opening = self._pick(words.OPENINGS, "open")
        tag = "".join(part.title() for part in re.findall(r"[a-z]+", topic.lower())[-2:]) or "Today"
        return {
            "content": f"{opening} {topic}. {self._pick(words.CLOSINGS, 'close')} #{tag}",
            "image_prompt": f"{topic}, seen from a bridge, {self._told('visual_style', words.STYLES[0])}",
            "image_style": self._told("visual_style", words.STYLES[0]),
            "hashtags": [tag],
            "mood": self._pick(words.MOODS, "mood"),
            "context": topic,
            "mentions": [],
        }

    def portrait(self) -> str:
        """The prompt of one picture."""
        idea = self._told("portrait", self._told("picture", self._pick(words.TOPICS, "picture")))
        return f"{idea}, {self._told('visual_style', words.STYLES[0])}"
