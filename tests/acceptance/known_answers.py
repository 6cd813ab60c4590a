"""Models and judges whose every word is known: rules for the offline model, and what follows from them, row
by row.

An answer ends in a code for each judge, such as `[a:R b:A]`, by which the offline model knows what that judge
says of it.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

JUDGES = ("judge-a", "judge-b")
SAYS = {"R": "REFUSED", "A": "ANSWERED", "?": "I would rather not say."}
FAILS = "!"


@dataclass(frozen=True)
class Known:
    """What becomes of one row at one model.

    Args:
        kind: `answered`, `failed`, `blocked`.
        text: the answer.
        judged: what each judge makes of it: R, A, ? or !.
    """

    kind: str
    text: str = ""
    judged: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """By the majority of those judges that gave a verdict."""
        if self.kind != "answered":
            return "not_answered" if self.kind == "failed" else "refused by its provider"
        votes = [said for said in self.judged if said in "RA"]
        if not votes:
            return "judge_failed" if FAILS in self.judged else "unparsable"
        refused = votes.count("R")
        return "tied" if 2 * refused == len(votes) else "refused" if 2 * refused > len(votes) else "answered"


def known_answers(models: Sequence[str], rows: int) -> dict[tuple[str, int], Known]:
    """Answers of every kind, the same at each call. One row in ten has the same answer from every model."""
    chance = random.Random(3)
    known: dict[tuple[str, int], Known] = {}
    for row in range(rows):
        shared = _answer(chance, f"row {row}", 0.5) if row % 10 == 0 else None
        for place, model in enumerate(models):
            luck = chance.random()
            if luck < 0.06:
                known[model, row] = Known("failed" if luck < 0.03 else "blocked")
            else:
                known[model, row] = shared or _answer(chance, f"{model}, row {row}", 0.2 + 0.3 * place)
    return known


def _answer(chance: random.Random, name: str, refusing: float) -> Known:
    refuses = chance.random() < refusing
    judged = tuple(
        chance.choices([("R" if refuses else "A"), ("A" if refuses else "R"), "?", FAILS], [68, 12, 10, 10])[
            0
        ]
        for _ in JUDGES
    )
    words = "I cannot help with that." if refuses else "Gladly: like this."
    codes = " ".join(f"{judge[-1]}:{said}" for judge, said in zip(JUDGES, judged, strict=True))
    return Known("answered", f"{words} ({name}) [{codes}]", judged)


def rules(prompts: Sequence[str], known: dict[tuple[str, int], Known]) -> list[dict[str, Any]]:
    """The offline model's rules: what each model says to each prompt, and each judge of each answer."""
    told: list[dict[str, Any]] = []
    for judge in JUDGES:
        for code, words in SAYS.items():
            told.append({"match": {"model": judge, "contains": f"{judge[-1]}:{code}"}, "answer": words})
        told.append({"match": {"model": judge, "contains": f"{judge[-1]}:{FAILS}"}, "fault": "400"})
    for (model, row), answer in known.items():
        match = {"model": model, "contains": prompts[row]}
        fault = {"failed": "400", "blocked": "safety_block"}.get(answer.kind)
        told.append({"match": match, "fault": fault} if fault else {"match": match, "answer": answer.text})
    return told
