"""Names where persons are spoken of: they need less evidence there than in a text that names nobody."""

import pytest

from ai_worker.llm.redaction import spans_of
from ai_worker.llm.redaction.recognisers.people.han.segments import numbers_of_segments, segments
from devtools.redaction.marked import Item
from devtools.redaction.swapping import swapped


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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Jack of all trades?", []),
        ("return config.Martin", []),
        ("Ask O'Brien.", ["O'Brien"]),
        ("Please ask Mr van Wyk.", ["van Wyk"]),
        ("I met Jule van den Bosch and Armando Peña III.", ["Jule van den Bosch", "Armando Peña III"]),
        ("隔壁住着老王，退休前是中学老师。", ["老王"]),
        ("主刀的是欧阳主任，人很和气。", ["欧阳"]),
        ("出席：周敏、司马健、佐藤美咲、王珂。记录：王珂", ["周敏", "司马健", "佐藤美咲", "王珂", "王珂"]),
        ("主席说，向阳的房间更暖和，高兴就好。", []),
    ],
)
def test_names_and_words_that_look_like_names(text: str, found: list[str]) -> None:
    assert names(text) == found


def test_chinese_characters_see_the_same_column_of_the_lines_around() -> None:
    text = "1|区少芬|自提\n2|苟全|自提"
    odds = {2: 3.0, 3: 3.0, 4: 3.0, 11: -1.0, 12: -1.0}
    numbers = numbers_of_segments(text, segments(text), odds)
    assert numbers[11][2] == 3.0 and numbers[2][3] == -1.0


def test_a_copy_has_other_names_at_the_marked_places() -> None:
    text = "出席：周敏、王珂。周敏说，敏今天值班。"
    items = [Item(start, end, "name") for start, end in ((3, 5), (6, 8), (9, 11), (13, 14))]
    copy, moved = swapped(text, items, seed=1)
    first, second, third, given = (copy[item.start : item.end] for item in moved)
    assert first == third != second and first.endswith(given)
    assert not {"周敏", "王珂"} & {first, second}
    assert copy == text[:3] + first + "、" + second + "。" + third + "说，" + given + "今天值班。"
