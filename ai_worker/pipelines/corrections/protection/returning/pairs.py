"""Marks that belong together, such as `<b>` and `</b>`: in their order, around their words, one inside the
other.
"""

from collections.abc import Sequence

from ai_worker.pipelines.corrections.protection.marks import EXACT, Mark
from ai_worker.pipelines.corrections.protection.spans import Role
from ai_worker.pipelines.corrections.remark import Remark, shown

Pair = tuple[Mark, Mark]


def pairs(marks: Sequence[Mark]) -> list[Pair]:
    """Opening marks and those that close them, by their hints."""
    found: list[Pair] = []
    opened: list[Mark] = []
    for mark in marks:
        if not mark.hint.startswith("/"):
            opened.append(mark)
            continue
        place = next(
            (place for place in range(len(opened) - 1, -1, -1) if opened[place].hint == mark.hint[1:]), None
        )
        if place is not None:
            found.append((opened[place], mark))
            del opened[place:]
    return found


def pairs_in_order(marks: Sequence[Mark], answer: str) -> str:
    """The answer, where a mark that closes stood before the one that opens: the two change places."""
    for opening, closing in pairs(marks):
        first, second = answer.find(closing.shown), answer.find(opening.shown)
        if 0 <= first < second and answer.count(closing.shown) == answer.count(opening.shown) == 1:
            middle = answer[first + len(closing.shown) : second]
            rest = answer[second + len(opening.shown) :]
            answer = f"{answer[:first]}{opening.shown}{middle}{closing.shown}{rest}"
    return answer


def pair_remarks(marks: Sequence[Mark], sent: str, answer: str) -> list[Remark]:
    """Pairs that hold nothing by now, that overlap, or that stand in another part of the text."""
    order = [found[1] for found in EXACT.finditer(answer)]
    place = {letters: number for number, letters in enumerate(order)}
    spans = [
        (opening, closing, place[opening.letters], place[closing.letters])
        for opening, closing in pairs(marks)
        if opening.letters in place and closing.letters in place
    ]
    held = [
        (opening, _inside(sent, opening, closing), _inside(answer, opening, closing))
        for opening, closing, *_ in spans
    ]
    empty = [opening.original for opening, before, after in held if before and not after]
    crossed = [
        opening.original
        for opening, _, start, end in spans
        if any(start < other < end < other_end for _, _, other, other_end in spans)
    ]
    remarks = []
    if empty:
        remarks.append(Remark("markup", f"nothing stands inside: {shown(empty)}"))
    if crossed:
        remarks.append(Remark("markup", f"not nested any more: {shown(crossed)}"))
    if _moved_between_parts(marks, order):
        remarks.append(Remark("markup", "markup stands in another part of the text"))
    return remarks


def _inside(text: str, opening: Mark, closing: Mark) -> str:
    start = text.find(opening.shown) + len(opening.shown)
    return EXACT.sub("", text[start : text.find(closing.shown, start)]).strip()


def _moved_between_parts(marks: Sequence[Mark], order: Sequence[str]) -> bool:
    """Return whether a mark left the part in which it stood, between two marks of the frame."""
    roles = {mark.letters: mark.role for mark in marks}
    if Role.CUT not in roles.values():
        return False
    before, after = _parts([mark.letters for mark in marks], roles), _parts(order, roles)
    return any(after[letters] != part for letters, part in before.items() if letters in after)


def _parts(order: Sequence[str], roles: dict[str, Role]) -> dict[str, int]:
    parts: dict[str, int] = {}
    part = 0
    for letters in order:
        if roles[letters] is Role.CUT:
            part += 1
        else:
            parts[letters] = part
    return parts
