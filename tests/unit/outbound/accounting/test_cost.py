"""Invoices by the formulas that providers document, to 1e-8."""

from decimal import Decimal
from typing import Any

import pytest

from ai_worker.llm.providers.wire.usage_fields import anthropic_usage, chat_usage, gemini_usage
from ai_worker.outbound.accounting.cost import cost_of
from ai_worker.outbound.endpoint import Price
from ai_worker.outbound.usage import Usage

PRICE = Price(
    Decimal("1.25"), Decimal("10"), Decimal("0.125"), tiers={"flex": Decimal("0.5"), "priority": Decimal(2)}
)


@pytest.mark.parametrize(
    ("usage", "price", "cost"),
    [
        (Usage(1_000_000, 0), Price(Decimal("1.25"), Decimal("10")), "1.25"),
        (Usage(0, 1_000_000), Price(Decimal("1.25"), Decimal("10")), "10"),
        (Usage(1, 1), Price(Decimal("0.15"), Decimal("0.60")), "0.00000075"),
        (Usage(1000, 0, 400), Price(Decimal("1"), Decimal("1"), Decimal("0.1")), "0.00064"),
        (Usage(1000, 0, 400), Price(Decimal("1"), Decimal("1")), "0.001"),
        (Usage(10, 0, 400), Price(Decimal("1"), Decimal("1"), Decimal("0")), "0"),
        (Usage(1000, 0, 0, 400), Price(Decimal("1"), Decimal("1")), "0.0011"),
        (Usage(1000, 0, 0, 0, 400), Price(Decimal("1"), Decimal("1")), "0.0014"),
        (Usage(1000, 0, 0, 400), Price(Decimal("1"), Decimal("1"), written=Decimal(3)), "0.0018"),
        (
            Usage(1000, 0, audio_input=100),
            Price(Decimal("1"), Decimal("1"), audio_input=Decimal(10)),
            "0.0019",
        ),
        (
            Usage(0, 1000, audio_output=100),
            Price(Decimal("1"), Decimal("1"), audio_output=Decimal(20)),
            "0.0029",
        ),
        (Usage(1000, 100, tier="flex"), PRICE, "0.001125"),
        (Usage(1000, 100, tier="priority"), PRICE, "0.0045"),
        (Usage(1000, 100, tier="scale"), PRICE, "0.00225"),
    ],
)
def test_money_for_tokens(usage: Usage, price: Price, cost: str) -> None:
    assert cost_of(usage, price) == Decimal(cost)


def test_without_a_price_there_is_no_cost() -> None:
    assert cost_of(Usage(5, 5), None) is None


def chat(**counted: Any) -> Usage | None:
    return chat_usage(counted)


INVOICES: list[tuple[str, Usage | None, str]] = [
    ("OpenAI, plain", chat(prompt_tokens=1000, completion_tokens=100, total_tokens=1100), "0.00225"),
    (
        "OpenAI, cached read",
        chat(prompt_tokens=2000, completion_tokens=100, prompt_tokens_details={"cached_tokens": 1024}),
        "0.00234800",
    ),
    (
        "OpenAI since GPT-5.6, cache written",
        chat(
            prompt_tokens=2000,
            completion_tokens=100,
            prompt_tokens_details={"cached_tokens": 500, "cache_write_tokens": 1000},
        ),
        "0.00325000",
    ),
    (
        "OpenAI, thoughts within",
        chat(
            prompt_tokens=10,
            completion_tokens=900,
            total_tokens=910,
            completion_tokens_details={"reasoning_tokens": 800},
        ),
        "0.00901250",
    ),
    (
        "xAI, thoughts outside",
        chat(
            prompt_tokens=80,
            completion_tokens=1000,
            total_tokens=61_080,
            completion_tokens_details={"reasoning_tokens": 60_000},
        ),
        "0.6101",
    ),
    (
        "Google's compatible form, thoughts in the total alone",
        chat(prompt_tokens=10, completion_tokens=5, total_tokens=115),
        "0.0010625",
    ),
    (
        "DeepSeek",
        chat(
            prompt_tokens=1000,
            completion_tokens=100,
            prompt_cache_hit_tokens=600,
            prompt_cache_miss_tokens=400,
            total_tokens=1100,
        ),
        "0.001575",
    ),
    (
        "OpenRouter",
        chat(prompt_tokens=100, completion_tokens=10, cost=0.001, prompt_tokens_details={"cached_tokens": 0}),
        "0.000225",
    ),
    (
        "Responses' names",
        chat(input_tokens=100, output_tokens=10, input_tokens_details={"cached_tokens": 50}),
        "0.00016875",
    ),
    ("Ollama", chat(prompt_eval_count=100, eval_count=10), "0.000225"),
    ("floats", chat(prompt_tokens=100.0, completion_tokens=10.0), "0.000225"),
    (
        "LiteLLM before 2025, the cache beside the details",
        chat(
            prompt_tokens=1600,
            completion_tokens=50,
            cache_read_input_tokens=1000,
            cache_creation_input_tokens=500,
        ),
        "0.00153125",
    ),
    (
        "Anthropic's names handed on by a gateway",
        chat(
            input_tokens=100, output_tokens=50, cache_read_input_tokens=1000, cache_creation_input_tokens=500
        ),
        "0.00153125",
    ),
    (
        "Anthropic, the parts of what was written alone",
        anthropic_usage(
            {
                "input_tokens": 100,
                "cache_creation": {"ephemeral_5m_input_tokens": 300, "ephemeral_1h_input_tokens": 200},
                "output_tokens": 50,
            }
        ),
        "0.00159375",
    ),
    ("counts as text", chat(prompt_tokens="100", completion_tokens="10"), "0.000225"),
    ("a tier", chat_usage({"prompt_tokens": 1000, "completion_tokens": 100}, "flex"), "0.001125"),
    ("the usual tier", chat_usage({"prompt_tokens": 1000, "completion_tokens": 100}, "default"), "0.00225"),
    (
        "Anthropic, read and written beside the input",
        anthropic_usage(
            {
                "input_tokens": 100,
                "cache_read_input_tokens": 1000,
                "cache_creation_input_tokens": 500,
                "cache_creation": {"ephemeral_5m_input_tokens": 300, "ephemeral_1h_input_tokens": 200},
                "output_tokens": 50,
            }
        ),
        "0.00171875",
    ),
    (
        "Gemini, thoughts and cache",
        gemini_usage(
            {
                "promptTokenCount": 1000,
                "cachedContentTokenCount": 400,
                "candidatesTokenCount": 50,
                "thoughtsTokenCount": 200,
                "totalTokenCount": 1250,
            }
        ),
        "0.0033",
    ),
    (
        "Gemini, a tool's prompt",
        gemini_usage({"promptTokenCount": 100, "toolUsePromptTokenCount": 100, "candidatesTokenCount": 10}),
        "0.00035",
    ),
]


@pytest.mark.parametrize(
    ("usage", "cost"), [case[1:] for case in INVOICES], ids=[case[0] for case in INVOICES]
)
def test_invoices(usage: Usage | None, cost: str) -> None:
    assert usage is not None
    assert cost_of(usage, PRICE) == Decimal(cost)


@pytest.mark.parametrize(
    "counted",
    [
        None,
        "12 tokens",
        [],
        {},
        {"prompt_tokens": None, "completion_tokens": None},
        {"prompt_tokens": 5},
        {"tokens_in": 5, "tokens_out": 5},
        {"prompt_tokens": -1, "completion_tokens": 5},
        {"prompt_tokens": True, "completion_tokens": 5},
        {"prompt_tokens": 10**12, "completion_tokens": 5},
        {"prompt_tokens": 5, "completion_tokens": 10**12},
        {"prompt_tokens": 1.5, "completion_tokens": 5},
        {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        {"prompt_tokens": "9" * 5000, "completion_tokens": 5},
        {"prompt_tokens": " " * 30 + "-5", "completion_tokens": 5},
        {"prompt_tokens": float("inf"), "completion_tokens": 5},
    ],
)
def test_what_cannot_be_a_count_is_unknown_and_not_nought(counted: Any) -> None:
    assert chat_usage(counted) is None


def test_unknown_usage_of_the_other_forms() -> None:
    assert gemini_usage({}) is None and gemini_usage(None) is None
    assert gemini_usage({"promptTokenCount": 5}) is None
    assert gemini_usage({"promptTokenCount": 5, "candidatesTokenCount": "few"}) is None
    assert gemini_usage({"promptTokenCount": 5, "totalTokenCount": 5}) == Usage(5, 0), "nothing was written"
    assert anthropic_usage({"input_tokens": 5}) is None
    assert anthropic_usage({"input_tokens": 10**12, "output_tokens": 1}) is None
