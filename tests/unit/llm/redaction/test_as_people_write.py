"""Forms that letters of people who knew no rule taught: each by its kind, not by the instance."""

import pytest

from ai_worker.llm.redaction import spans_of
from ai_worker.llm.redaction.recognisers.weights.trees import Trees


def found(text: str, kind: str) -> list[str]:
    return [text[span.start : span.end] for span in spans_of(text) if span.kind == kind]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Подзвони, будь ласка, Дар'ї Мельниченко.", ["Дар'ї Мельниченко"]),
        ("會計陳秀鑾小姐今天請假，請找王經理。", ["陳秀鑾", "王"]),
        ("我的邻居禤志强和庹老师都来了。", ["禤志强", "庹"]),
    ],
)
def test_names(text: str, names: list[str]) -> None:
    assert found(text, "NAME") == names


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("寄到這裡：台中市西屯區福星路218巷6弄9號4樓，謝謝。", "台中市西屯區福星路218巷6弄9號4樓"),
        ("他住深水埗福華街73號永興樓5樓B室。", "深水埗福華街73號永興樓5樓B室"),
        ("让他直接送到柳河镇前进村三组17号。", "柳河镇前进村三组17号"),
        (
            "Пишіть: с. Вили, вул. Козацька, 3, Полтавська обл., 37552.",
            "с. Вили, вул. Козацька, 3, Полтавська обл., 37552",
        ),
        ("The key is with my aunt at 2 Mill Cottages.", "2 Mill Cottages"),
        ("Invoice to The Beeches, 5 Priory Lane, Leeds.", "The Beeches, 5 Priory Lane, Leeds"),
    ],
)
def test_addresses(text: str, address: str) -> None:
    assert address in found(text, "ADDRESS")


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("<m0r0z1vka> хлопці, де рендал?", "m0r0z1vka"),
        ("[21:15] sirLanc3alot: juno was mid", "sirLanc3alot"),
        ("Гільдмайстер Перун_Громовиця чекає.", "Перун_Громовиця"),
        ("推 yilanduck：笑死", "yilanduck"),
    ],
)
def test_handles(text: str, handle: str) -> None:
    assert handle in found(text, "HANDLE")


@pytest.mark.parametrize("text", ["<h1> Title", "max_size: 10", "[10:15] INFO: started", "if a <b> c"])
def test_markup_and_settings_are_no_handles(text: str) -> None:
    assert found(text, "HANDLE") == []


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Код сейфа 20-47-93.", "20-47-93"),
        ("а домофон 41к2096 только быстро", "41к2096"),
        ("谁有门禁密码？5508#，别外传", "5508#"),
        ("Пароль на роутер (старий) zhuravel2009.", "zhuravel2009"),
    ],
)
def test_secrets(text: str, secret: str) -> None:
    assert secret in found(text, "SECRET")


@pytest.mark.parametrize("text", ["Das Passwort muss acht Zeichen haben.", "Version 12-04-98 is safe."])
def test_talk_about_secrets_is_none(text: str) -> None:
    assert found(text, "SECRET") == []


def test_trees_add_up_the_leaves_that_the_numbers_lead_to() -> None:
    trees = Trees([(0, 1.0, 0.25, (1, 5.0, -0.5, 0.5)), 0.125])
    assert trees.of([1.0, 9.0]) == 0.375
    assert trees.of([2.0, 5.0]) == -0.375
    assert trees.of([2.0, 6.0]) == 0.625
