"""Names where persons are spoken of: they need less evidence there than in a text that names nobody."""

import pytest

from ai_worker.llm.redaction import spans_of


def names(text: str) -> list[str]:
    return [text[span.start : span.end] for span in spans_of(text) if span.kind == "NAME"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Attendees: R. Banerjee, Mrs Cole, T. S. Park.", ["R. Banerjee", "Cole", "T. S. Park"]),
        ("Přítomni: R. Vlk, paní Malá. Vlk přednesl zprávu.", ["R. Vlk", "Malá", "Vlk"]),
        ("Присутствовали: Орлов, Н. В. Гусь.", ["Орлов", "Н. В. Гусь"]),
        ("Paul hat Mia geschubst, Ben hat es gesehen.", ["Paul", "Mia", "Ben"]),
        ("Unser Nachbar Schuster und sein Neffe Ali kamen.", ["Schuster", "Ali"]),
        ("Sędzia Żuk zapytał, kolega Kamil Dudek milczał.", ["Żuk", "Kamil Dudek"]),
        ("Klíče má Gita Krátká v přízemí. Zuzka", ["Gita Krátká", "Zuzka"]),
        ("Issued to Chukwuemeka Obi and Giovanni Esposito.", ["Chukwuemeka Obi", "Giovanni Esposito"]),
    ],
)
def test_names_need_less_evidence_among_persons(text: str, found: list[str]) -> None:
    assert names(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hallo hier ist marvin, kommt emre heute?", ["marvin", "emre"]),
        ("это паша с третьего этажа", ["паша"]),
        ("this is jess, ryan potter gave me the number", ["jess", "ryan potter"]),
        ("see jan_kowalski and #mark in the code", []),
    ],
)
def test_who_writes_in_small_letters_writes_names_so(text: str, found: list[str]) -> None:
    assert names(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("昨天我和阿强去看了佩佩。——晓慧", ["阿强", "佩佩", "晓慧"]),
        ("儿子梓轩的班主任来过电话。", ["梓轩"]),
        ("我叫玛依拉，在买买提·艾力的餐厅上班。", ["玛依拉", "买买提·艾力"]),
        ("邻居麦子健深夜弹琴。", ["麦子健"]),
        ("司机师傅说明天天气好，大家常常来。", []),
    ],
)
def test_chinese_given_names_stand_alone(text: str, found: list[str]) -> None:
    assert names(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Dorset and Kent are counties. Will you come to Paris in May?",
        "Der König und der Schmied hämmerten, die Gärtner sahen zu.",
        "Zelený čaj vyžaduje 80 °C. Bílý čaj je nejjemnější.",
        "Суд указал, что статья 15 Гражданского кодекса подлежит применению.",
        "光速为299792458米每秒。",
    ],
)
def test_a_text_that_names_nobody_stays_whole(text: str) -> None:
    assert spans_of(text) == []
