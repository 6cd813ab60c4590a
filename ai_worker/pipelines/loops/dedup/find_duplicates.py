"""Duplicates among a round's questions, of earlier ones or of one another, and those for which only a model
can tell.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ai_worker.pipelines.loops.dedup.entries import Entry, Twin
from ai_worker.pipelines.loops.dedup.guards import difference, numbers_of
from ai_worker.pipelines.loops.dedup.lexical import DUPLICATE, GREY, candidates, likeness
from ai_worker.pipelines.loops.dedup.substitution import is_substituted
from ai_worker.pipelines.loops.dedup.vectors import Thresholds, Vectors, pairs_above
from ai_worker.pipelines.loops.texts.text_forms import folded, normal

Item = TypeVar("Item")

ANSWER_EVIDENCE = 0.75
"""From this likeness on, equal answers make alike questions the same."""
SHORT_ANSWER = 40
ASKED_ABOUT = 3
"""Candidates of one question that a model is shown, the most alike."""
_AT_ONCE = 200


@dataclass(slots=True)
class Found:
    """The outcome for a round.

    Args:
        twins: by the id of a new question.
        undecided: by the id of a new question, candidates of which a model is to be asked, most alike first.
    """

    twins: dict[str, Twin] = field(default_factory=dict)
    undecided: dict[str, list[Twin]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Space:
    """Vectors of the questions that have some, all of one model.

    Args:
        new, old: a row for each question of `find_duplicates`, zeros for one without a vector.
    """

    new: Vectors
    old: Vectors
    thresholds: Thresholds


def find_duplicates(new: Sequence[Entry], old: Sequence[Entry], space: Space | None = None) -> Found:
    """Compare the new questions with the old ones and with those of their own round that stand before them.

    Args:
        new: in the order in which they are to be kept: of two equal ones the first stays.
        old: approved ones; a duplicate is none, so every old one is a root.
        space: where there are embeddings; letters are compared all the same.
    """
    found = Found()
    by_form: dict[str, str] = {}
    for entry in old:
        by_form.setdefault(entry.form, entry.id)
    scores = _scores(new, old, space)
    known = {entry.id: entry for entry in [*old, *new]}
    for entry in _by_turns(new):
        form = entry.form
        if form in by_form:
            found.twins[entry.id] = Twin(by_form[form], 1.0, "equal")
            continue
        by_form[form] = entry.id
        likely = [twin for twin in scores.get(entry.id, ()) if twin.id not in found.twins]
        _decide(entry, likely, known, space, found)
    return found


def _decide(
    entry: Entry, likely: Sequence[Twin], known: Mapping[str, Entry], space: Space | None, found: Found
) -> None:
    undecided = []
    for twin in sorted(likely, key=lambda twin: -twin.similarity):
        earlier = known[twin.id]
        if difference(entry.question, earlier.question) or _answers_differ(entry.answer, earlier.answer):
            continue
        if _is_duplicate(entry, earlier, twin, space):
            found.twins[entry.id] = Twin(twin.id, round(twin.similarity, 4), twin.method)
            return
        undecided.append(Twin(twin.id, round(twin.similarity, 4), twin.method))
    if undecided:
        found.undecided[entry.id] = list({twin.id: twin for twin in reversed(undecided)}.values())[::-1][
            :ASKED_ABOUT
        ]


def _is_duplicate(entry: Entry, earlier: Entry, twin: Twin, space: Space | None) -> bool:
    """True where the score decides. Letters do not know which words count; vectors do, by the threshold of
    their model.
    """
    if space is not None and twin.method == "vectors":
        return twin.similarity >= space.thresholds.duplicate
    if is_substituted(entry.question, earlier.question):
        return False
    same_answer = bool(entry.answer) and normal(entry.answer) == normal(earlier.answer)
    return twin.similarity >= (ANSWER_EVIDENCE if same_answer else DUPLICATE)


def _scores(new: Sequence[Entry], old: Sequence[Entry], space: Space | None) -> dict[str, list[Twin]]:
    """For each new question the earlier ones that are alike, with their scores."""
    everything = [*old, *new]
    scores: dict[str, list[Twin]] = defaultdict(list)
    texts = [entry.question for entry in new], [entry.question for entry in everything]
    for left, right in _by_turns(candidates(*texts)):
        if right < len(old) + left:
            score = likeness(new[left].question, everything[right].question)
            if score >= GREY:
                scores[new[left].id].append(Twin(everything[right].id, score, "letters"))
    if space is not None:
        _add_vectors(scores, new, old, space)
    return scores


def _add_vectors(
    scores: dict[str, list[Twin]], new: Sequence[Entry], old: Sequence[Entry], space: Space
) -> None:
    for left, right, cosine in pairs_above(space.new, space.old, space.thresholds.grey):
        scores[new[left].id].append(Twin(old[right].id, cosine, "vectors"))
    for left, right, cosine in pairs_above(space.new, space.new, space.thresholds.grey):
        if right < left:
            scores[new[left].id].append(Twin(new[right].id, cosine, "vectors"))


def _by_turns(items: Iterable[Item]) -> Iterator[Item]:
    """The items. Thousands of alike questions take seconds: a worker's other rows, and the renewal of its
    leases, get their turn between.
    """
    for number, item in enumerate(items, 1):
        if number % _AT_ONCE == 0:
            time.sleep(0)
        yield item


def _answers_differ(one: str, other: str) -> bool:
    """True for short answers with other numbers: whatever was asked, it was not the same."""
    if not one or not other or max(len(one), len(other)) > SHORT_ANSWER:
        return False
    a, b = numbers_of(folded(one)), numbers_of(folded(other))
    return bool(a and b) and a != b
