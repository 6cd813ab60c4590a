"""One answer being read: which placeholders it has, which it lost, and what was put right."""

from collections import Counter
from collections.abc import Sequence

import regex

from ai_worker.pipelines.corrections.diff.changes import edits
from ai_worker.pipelines.corrections.protection.marks import EXACT, Mark
from ai_worker.pipelines.corrections.protection.returning.margins import with_margins
from ai_worker.pipelines.corrections.protection.returning.pairs import pair_remarks, pairs_in_order
from ai_worker.pipelines.corrections.protection.returning.replacing import LONGEST, put_back
from ai_worker.pipelines.corrections.protection.spans import Role
from ai_worker.pipelines.corrections.remark import Remark, shown


class Returned:
    """The placeholders of one answer.

    Args:
        sent: the text with placeholders.
        marks: the placeholders.
        answer: the model's answer.
        in_order: whether the answer keeps the order of the words.
    """

    def __init__(self, sent: str, marks: Sequence[Mark], answer: str, *, in_order: bool) -> None:
        self._marks = {mark.letters: mark for mark in marks}
        self._sent = sent
        self._in_order = in_order
        self.remarks: list[Remark] = []
        self._answer = self._mended(answer)
        self.lost = self._lost(self._answer)

    def text(self) -> str:
        """The answer with everything put in again."""
        return EXACT.sub(lambda found: self._marks[found[1]].original, self._answer)

    def _mended(self, answer: str) -> str:
        answer = self._spelt(answer)
        answer = put_back(self._sent, answer, self._really_lost(answer), in_order=self._in_order)
        answer = pairs_in_order(list(self._marks.values()), answer)
        self.remarks += pair_remarks(list(self._marks.values()), self._sent, answer)
        self.remarks += self._moved(answer) if self._in_order else self._order(answer)
        self.remarks += self._without(answer)
        return with_margins(self._sent, answer, self._marks)

    def _spelt(self, answer: str) -> str:
        """The answer with its placeholders as they were sent; those that were never sent are left out."""

        def exact(found: regex.Match[str]) -> str:
            mark = self._marks.get(found[1])
            if mark is None:
                invented.append(found.group())
            return mark.shown if mark else ""

        invented: list[str] = []
        answer = EXACT.sub(exact, answer)
        for mark in self._lost(answer):
            answer = mark.misspelt().sub(lambda _, mark=mark: mark.shown, answer, count=1)  # type: ignore[misc]
        seen = Counter(found[1] for found in EXACT.finditer(answer))
        repeated = [self._marks[letters].original for letters, times in seen.items() if times > 1]
        repeated = [original for original in repeated if original]
        optional = {mark.original for mark in self._marks.values() if mark.role is Role.MAY}
        if invented:
            self.remarks.append(Remark("markup", "placeholders that the text does not have were left out"))
        if repeated := [original for original in repeated if original not in optional]:
            self.remarks.append(Remark("markup", f"repeated: {shown(repeated)}"))
        return answer

    def _lost(self, answer: str) -> list[Mark]:
        seen = {found[1] for found in EXACT.finditer(answer)}
        return [mark for letters, mark in self._marks.items() if letters not in seen]

    def _really_lost(self, answer: str) -> list[Mark]:
        """Those whose markup the answer does not hold written out either."""
        outside = EXACT.sub("\0", answer)
        visible = EXACT.sub("\0", self._sent)
        lost = []
        written = Counter[str]()
        for mark in self._lost(answer):
            written[mark.original] += 1
            if outside.count(mark.original) < visible.count(mark.original) + written[mark.original]:
                lost.append(mark)
        return lost if self._in_order else [mark for mark in lost if mark.role is not Role.MAY]

    def _without(self, answer: str) -> list[Remark]:
        """Markup that a right answer may do without, and this one does."""
        without = [mark.original for mark in self._lost(answer) if mark.role is Role.MAY]
        return [Remark("markup", f"left out: {shown(without)}")] if without else []

    def _moved(self, answer: str) -> list[Remark]:
        """Placeholders that stand between other words than before, which a correction hardly ever needs."""
        if (
            len(self._sent) + len(answer) > LONGEST
            or EXACT.sub("", answer) == EXACT.sub("", self._sent) == ""
        ):
            return []
        before: set[str] = set()
        after: set[str] = set()
        for edit in edits(self._sent, answer):
            before.update(found[1] for found in EXACT.finditer(edit.before))
            after.update(found[1] for found in EXACT.finditer(edit.after))
        moved = [self._marks[letters].original for letters in self._marks if letters in before & after]
        return [Remark("markup", f"in another place: {shown(moved)}")] if moved else []

    def _order(self, answer: str) -> list[Remark]:
        """Unnumbered conversions of printf mean the next argument each: another order is another meaning."""
        order = [self._marks[found[1]] for found in EXACT.finditer(answer)]
        unnamed = [
            mark for mark in order if regex.fullmatch(r"%[-+#0-9.*]*[hlqLzj]*[A-Za-z@]|\{\}", mark.original)
        ]
        if (
            unnamed == [mark for mark in self._marks.values() if mark in unnamed]
            or len({mark.original for mark in unnamed}) < 1
        ):
            return []
        return [Remark("markup", f"in another order: {shown(mark.original for mark in unnamed)}")]
