"""The offline model server, one process for all tests of this folder that run in one process, and an `ask`
that remembers nothing.
"""

from collections.abc import Callable, Iterator

import pytest

from ai_worker.llm import adaptation, asking
from ai_worker.llm.model import Model
from ai_worker.llm.request import Answer, Request
from ai_worker.outbound import call, call_faults, closing
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.limits.limiter import Limiter
from ai_worker.outbound.limits.local_limiter import LocalLimiter
from tests.offline_model import OfflineModel, offline_model

Ask = Callable[[Model, Request, CallContext], Answer]


@pytest.fixture(scope="session")
def offline_server() -> Iterator[OfflineModel]:
    """The process."""
    with offline_model() as server:
        yield server


@pytest.fixture
def offline(offline_server: OfflineModel) -> OfflineModel:
    """The server, behaving and with nothing remembered."""
    offline_server.reset()
    return offline_server


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Ask:
    """`ask` through a new limiter for every question, so that no cooldown holds up the next one, here or in a
    parallel test.
    """

    def asked(model: Model, request: Request, context: CallContext) -> Answer:
        limiter = LocalLimiter()
        use_limiter(monkeypatch, limiter)
        call_faults._answered.clear()
        try:
            return asking.ask(model, request, context)
        finally:
            limiter.close()

    adaptation.forget()
    return asked


def use_limiter(monkeypatch: pytest.MonkeyPatch, limiter: Limiter) -> None:
    """Let calls of this test ask this limiter."""
    for module in (call, closing):
        monkeypatch.setattr(module, "limiter", lambda: limiter)
