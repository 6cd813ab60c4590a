"""Names from a list."""

from pathlib import Path

import pytest

from ai_worker.errors import ConfigurationError
from ai_worker.llm.redaction import NameList, redact
from ai_worker.llm.redaction.recognisers.online.email_addresses import EmailAddresses

NAMES = ["Jan Kowalski", "Jana Kowalskiego", "Łukasz", "Пётр Иванов", "Anna-Maria Nowak", "O'Neil", "José"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jan Kowalski i JAN KOWALSKI", "⟦PII_NAME_1⟧ i ⟦PII_NAME_1B⟧"),
        (
            "jan-kowalski, jan_kowalski, Jan\u00a0Kowalski, Jan\nKowalski",
            "⟦PII_NAME_1⟧, ⟦PII_NAME_1B⟧, ⟦PII_NAME_1C⟧, ⟦PII_NAME_1D⟧",
        ),
        ("u Jana Kowalskiego", "u ⟦PII_NAME_1⟧"),
        ("ŁUKASZ! (łukasz)", "⟦PII_NAME_1⟧! (⟦PII_NAME_1B⟧)"),
        ("ПЁТР ИВАНОВ, пётр иванов", "⟦PII_NAME_1⟧, ⟦PII_NAME_1B⟧"),
        ("Anna Maria Nowak, o'neil, O’Neil", "⟦PII_NAME_1⟧, ⟦PII_NAME_2⟧, ⟦PII_NAME_2B⟧"),
        ("Jose\u0301 and José", "⟦PII_NAME_1⟧ and ⟦PII_NAME_2⟧"),
        ("jan.kowalski@firma.pl", "⟦PII_EMAIL_1⟧"),
        (
            "Janek Kowalski, Jan i Kowalski, Łukaszenko, Петр Иванов",
            "Janek Kowalski, Jan i Kowalski, Łukaszenko, Петр Иванов",
        ),
    ],
)
def test_names(text: str, expected: str) -> None:
    assert redact([text], (EmailAddresses(), NameList(NAMES))).texts == (expected,)


def test_names_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text("\ufeff# klienci\n\n  Jan Kowalski \r\nПётр Иванов\n", encoding="utf-8")
    assert redact(["Пётр Иванов, Jan Kowalski"], [NameList.from_file(path)]).texts == (
        "⟦PII_NAME_1⟧, ⟦PII_NAME_2⟧",
    )


@pytest.mark.parametrize("content", [b"Jan\n---\n", b"\xff\xfe\x00", b" ".join([b"a"] * 17)])
def test_a_file_that_is_no_list_of_names(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match="list of names"):
        NameList.from_file(path)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="FileNotFoundError"):
        NameList.from_file(tmp_path / "none.txt")
