import json

import pytest

from ai_worker.pipelines.corrections.warnings.terms import missing_terms, terms


@pytest.mark.parametrize(
    ("pairs", "source", "translation", "missing"),
    [
        ({"invoice": "faktura"}, "Send the invoices.", "Proszę wysłać faktury.", []),
        ({"faktura": "invoice"}, "Proszę o fakturę.", "Please send the invoices.", []),
        ({"faktura": "invoice"}, "Proszę o fakturę.", "Please send the bill.", ["faktura = invoice"]),
        ({"faktura": "invoice"}, "Proszę o kawę.", "Coffee, please.", []),
        ({"dog": "pies"}, "A dogmatic view.", "Pogląd.", []),
        ({"purchase order": "zamówienie zakupu"}, "Your purchase  orders.", "Państwa zamówienia zakupu.", []),
        (
            {"purchase order": "zamówienie zakupu"},
            "Your purchase orders.",
            "Państwa zamówienia.",
            ["purchase order = zamówienie zakupu"],
        ),
        ({"счёт": "invoice"}, "Пришлите СЧЁТ.", "Send the Invoice.", []),
        ({"invoice": "发票"}, "Send the invoice.", "请寄发票。", []),
        ({"发票": "invoice"}, "请寄发票。", "Please send it.", ["发票 = invoice"]),
        ({"C++": "C++"}, "I like C++ a lot.", "Lubię C++.", []),
    ],
)
def test_terms_are_looked_for_by_their_stems(
    pairs: dict[str, str], source: str, translation: str, missing: list[str]
) -> None:
    assert missing_terms(json.dumps(pairs), source, translation) == missing


@pytest.mark.parametrize(
    "glossary", [None, "", "dog - pies\ncat - kot", "[1]", "{oops", '{"": "x", "y": " "}']
)
def test_only_a_json_object_has_terms(glossary: str | None) -> None:
    assert terms(glossary) == {}
    assert missing_terms(glossary, "dog", "kot") == []
