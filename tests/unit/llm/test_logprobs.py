import pytest

from ai_worker.llm.logprobs import first_token_logprobs

CHAT = {
    "choices": [
        {
            "logprobs": {
                "content": [
                    {"token": "\n", "logprob": 0.0, "top_logprobs": [{"token": "\n", "logprob": 0.0}]},
                    {
                        "token": "A",
                        "logprob": -0.2,
                        "top_logprobs": [{"token": "A", "logprob": -0.2}, {"token": " B", "logprob": -2}],
                    },
                ]
            }
        }
    ]
}
GEMINI = {
    "candidates": [
        {"logprobsResult": {"topCandidates": [{"candidates": [{"token": "A", "logProbability": -0.2}]}]}}
    ]
}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (CHAT, {"A": -0.2, " B": -2.0}),
        (GEMINI, {"A": -0.2}),
        ({"choices": [{"logprobs": {"content": [{"token": "A", "logprob": -1}]}}]}, {"A": -1.0}),
        ({"choices": [{"logprobs": None}]}, {}),
        ({"choices": []}, {}),
        ("A", {}),
        (None, {}),
        ({"choices": [{"logprobs": {"content": [{"token": 1}, "x"]}}]}, {}),
    ],
)
def test_the_log_probabilities_of_the_first_token(body: object, found: dict[str, float]) -> None:
    assert first_token_logprobs(body) == found
