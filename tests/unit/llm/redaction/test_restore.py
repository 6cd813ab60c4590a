"""What counts as lost, changed and invented, and what may be said about it."""

import pytest

from ai_worker.errors import BadRequest
from ai_worker.llm.errors import RedactionMismatch
from ai_worker.llm.redaction import Redacted, redact
from ai_worker.outbound.errors import BadAnswer

LETTER = "Write to jan@firma.pl or ola@firma.pl, again jan@firma.pl."


@pytest.fixture
def redacted() -> Redacted:
    return redact(["Sign as biuro@firma.pl.", LETTER])


def test_placeholders_are_stable_over_the_texts_of_a_request() -> None:
    redacted = redact(["Od jan@firma.pl", "Do ola@firma.pl, kopia jan@firma.pl"])
    assert redacted.texts == ("Od ⟦PII_EMAIL_1⟧", "Do ⟦PII_EMAIL_2⟧, kopia ⟦PII_EMAIL_1⟧")
    assert redacted.placeholders == ("⟦PII_EMAIL_1⟧", "⟦PII_EMAIL_2⟧")


def test_a_text_without_personal_data_is_left_as_it_is() -> None:
    redacted = redact(["Ala ma kota.", ""], data={"rok": 2024, "inne": None})
    assert (redacted.texts, redacted.data, redacted.placeholders) == (
        ("Ala ma kota.", ""),
        {"rok": 2024, "inne": None},
        (),
    )


def test_the_whole_text_back_in_another_order_and_other_words(redacted: Redacted) -> None:
    answer = "Please, ⟦PII_EMAIL_2⟧ twice: ⟦PII_EMAIL_3⟧⟦PII_EMAIL_2⟧"
    assert (
        redacted.restore(answer, required=redacted.texts[1])
        == "Please, jan@firma.pl twice: ola@firma.pljan@firma.pl"
    )


def test_a_placeholder_of_another_text_may_come_along(redacted: Redacted) -> None:
    assert (
        redacted.restore(f"{redacted.texts[1]} ⟦PII_EMAIL_1⟧", required=redacted.texts[1])
        == f"{LETTER} biuro@firma.pl"
    )


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("⟦PII_EMAIL_2⟧ ⟦PII_EMAIL_3⟧", "lost ⟦PII_EMAIL_2⟧"),
        ("", "lost ⟦PII_EMAIL_2⟧, ⟦PII_EMAIL_3⟧"),
        ("⟦PII_EMAIL_2⟧ ⟦PII_EMAIL_3⟧ ⟦PII_EMAIL_2⟧ ⟦PII_EMAIL_2⟧", "repeated ⟦PII_EMAIL_2⟧"),
        ("⟦PII_EMAIL_2⟧ ⟦PII_EMAIL_3⟧ ⟦PII_EMAIL_2⟧ ⟦PII_EMAIL_4⟧", "invented ⟦PII_EMAIL_4⟧"),
    ],
)
def test_every_required_placeholder_comes_back_as_often_as_it_went(
    redacted: Redacted, answer: str, fault: str
) -> None:
    with pytest.raises(RedactionMismatch, match=fault):
        redacted.restore(answer, required=redacted.texts[1])


def test_nothing_need_come_back_where_nothing_is_required(redacted: Redacted) -> None:
    assert redacted.restore("The letter is polite.") == "The letter is polite."
    assert redacted.restore("⟦PII_EMAIL_3⟧ ⟦PII_EMAIL_3⟧") == "ola@firma.pl ola@firma.pl"


@pytest.mark.parametrize(
    "invented", ["⟦PII_EMAIL_9⟧", "⟦PII_PHONE_1⟧", "⟦PII_ADDRESS_1⟧", "⟦PII_EMAIL_999999999⟧"]
)
def test_an_invented_placeholder_is_a_mismatch(redacted: Redacted, invented: str) -> None:
    with pytest.raises(RedactionMismatch, match=f"invented {invented}"):
        redacted.restore(f"Ask {invented}.")


@pytest.mark.parametrize(
    "changed",
    [
        "⟦pii_email_1⟧",
        "⟦Pii_Email_1⟧",
        "⟦PII_EMAIL_1",
        "PII_EMAIL_1⟧",
        "PII_EMAIL_1",
        "⟦ PII_EMAIL_1 ⟧",
        "⟦PII EMAIL 1⟧",
        "PII EMAIL 1",
        "PII-EMAIL-1",
        "[PII_EMAIL_1]",
        "[[PII_EMAIL_1]]",
        "<PII_EMAIL_1>",
        "【PII_EMAIL_1】",
        "«pii_email_1»",
        "⟦PII\\_EMAIL\\_1⟧",
        "PII\\_EMAIL\\_1",
        "⟦PII_EMAIL_01⟧",
        "⟦PII_EMAIL_１⟧",
        "⟦PII_EMAIL_1a⟧",
        "⟦PII_ПОЧТА_1⟧",
        "⟦ПОЧТА_1⟧",
        "⟦adres e-mail⟧",
        "⟦EMAIL_1⟧",
        "⟦⟦PII_EMAIL_1⟧⟧",
        "⟦",
        "⟧",
        "⟦…",
        "⟦...⟧",
        "\\u27e6PII_EMAIL_1\\u27e7",
    ],
)
def test_a_changed_placeholder_is_a_mismatch(redacted: Redacted, changed: str) -> None:
    with pytest.raises(RedactionMismatch, match="changed"):
        redacted.restore(f"Write to {changed} today")


@pytest.mark.parametrize(
    "answer",
    [
        "PII",
        "The PII act, article 1",
        "Piispankatu 5",
        "email_1, [1], [EMAIL]",
        "⟦…⟧",
        "{x} %s <b>",
        "[[wiki]]",
    ],
)
def test_ordinary_answers_are_no_mismatch(redacted: Redacted, answer: str) -> None:
    assert redacted.restore(answer) == answer


def test_look_alikes_of_the_text_itself_come_back_and_are_required() -> None:
    text = "The form is ⟦PII_EMAIL_1⟧, bare PII_EMAIL_1; mail a@b.pl"
    redacted = redact([text])
    assert redacted.texts == ("The form is ⟦PII_TEXT_1⟧, bare ⟦PII_TEXT_2⟧; mail ⟦PII_EMAIL_1⟧",)
    assert redacted.restore(redacted.texts[0], required=redacted.texts[0]) == text
    with pytest.raises(RedactionMismatch, match="lost"):
        redacted.restore("The form is gone", required=redacted.texts[0])


def test_a_restored_value_is_not_read_again() -> None:
    redacted = redact(["⟦PII_EMAIL_1⟧ a@b.pl"])
    assert redacted.restore(redacted.texts[0]) == "⟦PII_EMAIL_1⟧ a@b.pl"


def test_structured_answers_are_restored_everywhere_and_checked_as_a_whole(redacted: Redacted) -> None:
    answer = {"text": "⟦PII_EMAIL_2⟧", "who": [{"⟦PII_EMAIL_3⟧": 1}], "ok": True, "none": None, "score": 0.5}
    assert redacted.restore_data(answer) == {
        "text": "jan@firma.pl",
        "who": [{"ola@firma.pl": 1}],
        "ok": True,
        "none": None,
        "score": 0.5,
    }
    with pytest.raises(RedactionMismatch, match=r"lost ⟦PII_EMAIL_2⟧$"):
        redacted.restore_data(answer, required=redacted.texts[1])
    with pytest.raises(RedactionMismatch, match="changed 1"):
        redacted.restore_data({"text": ["fine", {"deep": "[PII_EMAIL_2]"}]})


def test_numbers_in_data_are_read_as_text() -> None:
    redacted = redact(["Klient {numer}"], data={"numer": 44051401359, "rok": 2024, "tak": True})
    assert redacted.data == {"numer": "⟦PII_PESEL_1⟧", "rok": 2024, "tak": True}


def test_texts_and_data_share_one_mapping() -> None:
    redacted = redact(["jan@firma.pl"], data={"do": ["ola@firma.pl", "jan@firma.pl"]})
    assert redacted.data == {"do": ["⟦PII_EMAIL_2⟧", "⟦PII_EMAIL_1⟧"]}


def test_data_nested_beyond_sense_is_refused_both_ways() -> None:
    deep: object = "x"
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(BadRequest, match="nested"):
        redact([], data=deep)
    with pytest.raises(BadAnswer, match="nested"):
        redact([]).restore_data(deep)


def test_a_mismatch_names_few_placeholders_and_no_value() -> None:
    redacted = redact([" ".join(f"user{number}@firma.pl" for number in range(20))])
    with pytest.raises(RedactionMismatch) as caught:
        redacted.restore("", required=redacted.texts[0])
    assert str(caught.value).endswith("⟦PII_EMAIL_5⟧ and 15 more")
    assert "firma" not in str(caught.value)
    assert caught.value.retry
