"""Words with capitals, each weighed as part of a name by what is known of it and of the words beside it.

The weights are learnt by `devtools/redaction/weigh.py` from marked letters. The rules' answer is one of the
features: where it is sure it stands, and where it is not the other features decide.
"""

from collections.abc import Iterator, Sequence

from ai_worker.llm.redaction.language import Language
from ai_worker.llm.redaction.recognisers.people.weighing.features import (
    PLURAL_IN_S,
    features,
    is_in_code,
    shouts,
)
from ai_worker.llm.redaction.recognisers.people.weighing.groups import public_stems
from ai_worker.llm.redaction.recognisers.people.weighing.second_look import numbers_again
from ai_worker.llm.redaction.recognisers.places.towns import is_place
from ai_worker.llm.redaction.recognisers.weights.odds import of_words
from ai_worker.llm.redaction.recognisers.words import cues
from ai_worker.llm.redaction.recognisers.words.lexicon import is_common, is_surname, likeness, stem
from ai_worker.llm.redaction.recognisers.words.tokens import Token

ENOUGH = -0.6
"""Log-odds from which on a word is hidden."""
_ENOUGH_AMONG, _ENOUGH_SMALL_AMONG, _SURELY = -1.0, 0.0, 1.5
"""The same in a text that surely names a person, of capitals and of small letters; and the log-odds of a sure
name.
"""
_ENOUGH_FULL, _ENOUGH_FULL_SHORT, _SHORT = -1.8, -4.0, 40
"""The same where the rules take several words together for a name, and in a text of so few words that
nothing else tells.
"""
_ENOUGH_SMALL = 0.8
"""The same for a word in small letters."""
_ENOUGH_FOR_A_PLACE = 1.0
"""The same for a word that stands where code, or the name of a town, does."""
_IN_TOWNS = frozenset({"у", "в", "во", "w", "we", "v", "ve", "in"})
_ENOUGH_IRISH = -2.5
_IRISH = frozenset({"o'", "o’"})
"""The same for `O'Brien`, and how such begin."""
_ENOUGH_CAPITALS = 3.5
"""The same for a word all in capitals where whole sentences are: there they tell nothing."""
_ENOUGH_ECHO, _ENOUGH_JOINED = -2.5, -1.3
"""The same for a form of a name that stands elsewhere, and for a word beside a name."""
_LEAST_DOUBTFUL, _MOST_DOUBTFUL = -4.0, 5.0
"""Log-odds of the first look between which a word is looked at again."""
_HOPELESS = -1.0
"""The least odds that one word of a text needs before any is a name."""
_BETWEEN_NAMES = frozenset({" ", ", "})
_WITHIN = frozenset({" ", "  ", "-", ". ", ".", ".-"})
_INITIAL = 2
_AFTER_PARTICLE = frozenset({" ", ". "})
_NO_INITIALS = frozenset("aix")
"""Articles, pronouns and kisses behind a name."""
_WRITTEN_ON = frozenset(" -'’_@&/0123456789")
_NUMBERED = frozenset({"II", "III", "IV", "Jr", "Sr"})
_BEFORE_FAMILIES = frozenset({"the", "die", "den", "der", "bei", "an", "von"})
_LIKE_A_FAMILY = 0.0


def weighed_names(
    listed: Sequence[Token], ruled: Sequence[tuple[int, int]], language: Language
) -> Iterator[tuple[int, int]]:
    """The names among the words, by their first and last.

    Args:
        listed: all words of the text.
        ruled: the names that the rules take for such.
    """
    inside = frozenset(index for first, last in ruled for index in range(first, last + 1))
    odds = _odds(listed, inside, language)
    accepted = _accepted(listed, ruled, odds, inside)
    if accepted:
        _add_akin(listed, odds, accepted, language)
        accepted.update(_in_other_forms(listed, accepted, language))
        accepted.update(list(_behind_names(listed, accepted)))
        accepted = {
            index
            for index in accepted
            if not (_is_honoured(listed, index) or _is_of_all(listed, index, language))
        }
    index = 0
    while index < len(listed):
        if index in accepted:
            first, last = index, _last(listed, index, accepted)
            yield _first(listed, first), last
            index = last
        index += 1


def _accepted(
    listed: Sequence[Token],
    ruled: Sequence[tuple[int, int]],
    odds: dict[int, float],
    inside: frozenset[int],
) -> set[int]:
    """The words that are names by their own odds."""
    full = {
        index
        for first, last in ruled
        if last > first
        for index in range(first, last + 1)
        if not listed[index].word.isupper()
    }
    capitals = shouts(listed)
    among = max(odds.values(), default=0.0) > _SURELY
    accepted = {
        index
        for index, value in odds.items()
        if _is_enough(value, listed[index], among=among, ruled=index in inside, capitals=capitals)
    }
    least = _ENOUGH_FULL_SHORT if len(listed) < _SHORT else _ENOUGH_FULL
    accepted |= {index for index in full if odds.get(index, least) > least}
    return {
        index
        for index in accepted
        if (
            not is_in_code(listed, index)
            or (len(listed[index].word) > _INITIAL and not _is_in_identifier(listed, index))
        )
        and (odds.get(index, _ENOUGH_FOR_A_PLACE) >= _ENOUGH_FOR_A_PLACE or not _is_a_thing(listed, index))
    }


def _odds(listed: Sequence[Token], inside: frozenset[int], language: Language) -> dict[int, float]:
    """The log-odds of every word that may be a name: of the first look, and where these are in doubt, of the
    second.
    """
    weights, trees = of_words()
    parts = {
        index: [weights.of_group(group) for group in found]
        for index, found in features(listed, inside, language)
    }
    odds = {index: sum(given) for index, given in parts.items()}
    if not odds or max(odds.values()) < _HOPELESS:
        return odds
    doubtful = [index for index, value in odds.items() if _LEAST_DOUBTFUL < value < _MOST_DOUBTFUL]
    for index, numbers in numbers_again(listed, parts, language, inside, doubtful):
        odds[index] = trees.of(numbers)
    return odds


def _is_a_thing(listed: Sequence[Token], index: int) -> bool:
    """Return whether the word is joined to the one before as code is, `config.Martin`, or is a town in which
    something happens: `у Львові`.
    """
    if not index:
        return False
    token, before = listed[index], listed[index - 1]
    if token.gap == ".":
        title = before.lower in cues.TITLES or before.lower in cues.ABBREVIATED
        return len(before.word) > 1 and not before.capital and not title
    return token.gap == " " and before.lower in _IN_TOWNS and is_place(token.lower)


def _is_in_identifier(listed: Sequence[Token], index: int) -> bool:
    """Return whether an underscore is written on to the word."""
    after = listed[index + 1].gap if index + 1 < len(listed) else ""
    return listed[index].gap[-1:] == "_" or after[:1] == "_"


def _is_enough(odds: float, token: Token, *, among: bool, ruled: bool, capitals: bool) -> bool:
    """Return whether the odds make the word a name.

    Args:
        among: whether the text surely names a person; ruled: whether the rules take the word for a name.
        capitals: whether whole sentences are in capitals.
    """
    if not token.capital:
        # The rules ask much of a word in small letters, and seldom err.
        return ruled or odds > (_ENOUGH_SMALL_AMONG if among else _ENOUGH_SMALL)
    if len(token.word) == 1:
        return odds > ENOUGH
    if token.lower[:2] in _IRISH:
        return odds > _ENOUGH_IRISH
    shouted = capitals and len(token.word) > _INITIAL and token.word.isupper()
    return odds > (_ENOUGH_CAPITALS if shouted else _ENOUGH_AMONG if among else ENOUGH)


def _add_akin(
    listed: Sequence[Token], odds: dict[int, float], accepted: set[int], language: Language
) -> None:
    """Add what needs less evidence: forms of an accepted name elsewhere, and words joined to one by a comma,
    a conjunction or a blank.
    """
    stems = {stem(listed[index].lower) for index in accepted if len(listed[index].word) > 2}
    for index, value in odds.items():
        token = listed[index]
        if index in accepted or value <= _ENOUGH_ECHO or stem(token.lower) not in stems:
            continue
        if not (token.opens and is_common(token.lower, language)):
            accepted.add(index)
    for index, value in odds.items():
        if index not in accepted and value > _ENOUGH_JOINED and _is_joined(listed, index, accepted):
            accepted.add(index)


def _in_other_forms(listed: Sequence[Token], accepted: set[int], language: Language) -> Iterator[int]:
    """Names met elsewhere that stand in small letters here, and families: `the Okafors`."""
    met = {listed[index].lower for index in accepted if len(listed[index].word) > _INITIAL}
    plural = language in PLURAL_IN_S
    for index, token in enumerate(listed):
        if token.capital:
            if (
                plural
                and token.lower[-1] == "s"
                and index
                and token.gap == " "
                and _is_family(listed, index, language)
            ):
                yield index
        elif token.lower in met and not is_common(token.lower, language) and not is_in_code(listed, index):
            yield index


def _is_family(listed: Sequence[Token], index: int, language: Language) -> bool:
    lower = listed[index].lower
    one = lower[:-1]
    return (
        listed[index - 1].lower in _BEFORE_FAMILIES
        and len(one) > _INITIAL
        and not (is_common(one, language) or is_common(lower, language) or lower in cues.NEVER)
        and not (is_place(lower) or lower in cues.FIRMS or stem(lower) in public_stems())
        and (is_surname(one) or likeness(one) > _LIKE_A_FAMILY)
    )


def _is_honoured(listed: Sequence[Token], index: int) -> bool:
    """Return whether the word names a saint, or whom a street or a school is named after."""
    for before in range(index - 1, max(-1, index - 4), -1):
        if listed[before + 1].gap not in _WITHIN:
            return False
        if listed[before].lower in cues.HONOURED:
            return True
        if not listed[before].capital:
            return False
    return False


def _is_of_all(listed: Sequence[Token], index: int, language: Language) -> bool:
    """Return whether an English word belongs to an idiom or a heading: `Jack of all trades`, `the World
    Rich`.
    """
    if language != "en":
        return False
    behind = [token.lower for token in listed[index + 1 : index + 3]]
    if behind == ["of", "all"]:
        return True
    if index < 2 or not is_common(listed[index].lower, language):
        return False
    article, before = listed[index - 2], listed[index - 1]
    return (
        article.lower in cues.ARTICLES
        and before.capital
        and before.gap == listed[index].gap == " "
        and is_common(before.lower, language)
        and before.lower not in cues.TITLES
        and before.lower not in cues.KIN
    )


def _is_joined(listed: Sequence[Token], index: int, accepted: set[int]) -> bool:
    """Return whether a comma, a conjunction or a blank is all that parts the word from a name."""
    for step in (-1, 1):
        other = index + step
        if not 0 <= other < len(listed):
            continue
        later = max(index, other)
        if other in accepted:
            if listed[later].gap in _BETWEEN_NAMES:
                return True
        elif (
            listed[other].lower in cues.CONJUNCTIONS
            and other + step in accepted
            and listed[later].gap == listed[max(other, other + step)].gap == " "
        ):
            return True
    return False


def _behind_names(listed: Sequence[Token], accepted: set[int]) -> Iterator[int]:
    """Surnames behind a given name and a particle, `Jule van den Bosch`, and what numbers a name:
    `Peña III`.
    """
    for index in accepted:
        after = index + 1
        while after < len(listed) and listed[after].lower in cues.PARTICLES and listed[after].gap == " ":
            after += 1
        if after == len(listed) or listed[after].gap != " ":
            continue
        token = listed[after]
        if token.word in _NUMBERED or (after > index + 1 and token.capital and len(token.word) > _INITIAL):
            yield after


def _first(listed: Sequence[Token], index: int) -> int:
    """The first word of the name: particles behind a title belong to it, `Mr van Wyk`."""
    first = index
    while first and listed[first - 1].lower in cues.PARTICLES and listed[first].gap in _AFTER_PARTICLE:
        first -= 1
    titled = first and first < index and listed[first - 1].lower in cues.TITLES
    return first if titled and listed[first].gap in _AFTER_PARTICLE else index


def _last(listed: Sequence[Token], index: int, accepted: set[int]) -> int:
    """The last word of the name that begins at the index: particles and hyphens part no name."""
    last = index
    while True:
        after = last + 1
        while after < len(listed) and listed[after].lower in cues.PARTICLES and listed[after].gap == " ":
            after += 1
        if after == last + 1 and _is_initial_behind(listed, after):
            last = after
            continue
        if (
            after not in accepted
            or listed[after].gap not in _WITHIN
            or ("." in listed[after].gap and len(listed[after - 1].word) > _INITIAL)
        ):
            return last
        last = after


def _is_initial_behind(listed: Sequence[Token], index: int) -> bool:
    """Return whether the word is the initial behind a name: `Sikora J.`, `max m.`"""
    if index + 1 > len(listed) - 1:
        return index < len(listed) and len(listed[index].word) == 1 and listed[index].gap == " "
    token, after = listed[index], listed[index + 1].gap
    if len(token.word) != 1:
        return False
    if after[:1] != ".":
        return token.gap == " " and token.lower not in _NO_INITIALS and after[:1] not in _WRITTEN_ON
    # `King, S. | ` but not `Cole, T. S. Park`.
    return token.gap == " " or (token.gap == ", " and after not in _WITHIN)
