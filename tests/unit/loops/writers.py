"""Writers that answer as the test says, and what they were asked."""

import json
from collections.abc import Callable
from typing import Any

from ai_worker.pipelines.loops.ports import Asked

EN = "The GPIO controller drives 40 pins at 3.3 volts. The watchdog resets it after 30 silent seconds."
PL = (
    "Sterownik GPIO obsługuje 40 wyprowadzeń o napięciu 3,3 wolta. "
    "Układ nadzorujący uruchamia płytkę ponownie po 30 sekundach bez sygnału."
)
RU = (
    "Контроллер GPIO управляет 40 выводами с напряжением 3,3 вольта. "
    "Сторожевой таймер перезапускает плату через 30 секунд без сигнала."
)
ZH = "GPIO控制器驱动40个引脚，电压为3.3伏。看门狗在30秒内没有收到信号时会重启开发板，并记录重启原因。"


def draft(question: str, answer: str, source: str) -> dict[str, str]:
    return {"question": question, "answer": answer, "source_chunk": source}


def english(number: int, first: int = 0) -> list[dict[str, str]]:
    return [
        draft(
            f"Which fact number {fact} holds for the GPIO controller of the board?",
            "It drives 40 pins.",
            "The GPIO controller drives 40 pins",
        )
        for fact in range(first, first + number)
    ]


class Script:
    """Answers one after another; the last one for ever.

    Args:
        answers: texts, lists to be sent as JSON, or exceptions to be raised.
    """

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[Asked] = []

    def __call__(self, asked: Asked) -> str:
        self.asked.append(asked)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)


class Memory:
    """A `Once` that keeps its steps, as a row's checkpoints do."""

    def __init__(self) -> None:
        self.steps: dict[str, Any] = {}

    def __call__(self, step: str, do: Callable[[], Any]) -> Any:
        if step not in self.steps:
            self.steps[step] = json.loads(json.dumps(do()))
        return self.steps[step]
