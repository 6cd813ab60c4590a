"""The sample work is what its README says: complete, well-formed, and solvable by the offline model's
data.
"""

import ipaddress
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from stdnum import iban, luhn
from stdnum.pl import nip, pesel
from stdnum.ru import inn

from ai_worker.llm.prompt_template import fill, names
from ai_worker.llm.redaction import DEFAULT_RECOGNISERS, NameList, redact
from ai_worker.llm.user_regexp import search
from ai_worker.pipelines.corrections.asking.prompt import build
from ai_worker.pipelines.corrections.protection.protecting import protect
from devtools.offline_model.answers import Answers
from devtools.offline_model.correcting import Replacer
from devtools.offline_model.samples import load

SAMPLES = Path(__file__).parents[2] / "samples"


def _json(name: str) -> Any:
    return json.loads((SAMPLES / name).read_text(encoding="utf-8"))


def _lines(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (SAMPLES / name).read_text(encoding="utf-8").splitlines()]


CORRECTIONS = _lines("corrections.jsonl")
TRANSLATIONS = _lines("translations.jsonl")
TASKS = {task["task_name"]: task for task in _json("evaluation/tasks.json")}
SAFETY = _json("evaluation/dataset_everyday_safety.json")
CLAIMS = _json("evaluation/dataset_claims.json")
MODEL = _json("offline_model.json")
REPLACEMENTS: dict[str, list[list[str]]] = MODEL["replacements"]
SENTENCES = {
    (group["source_language"], group["target_language"]): group["sentences"]
    for group in MODEL["translations"]
}
OFFLINE_MODEL = Answers(load(SAMPLES / "offline_model.json"))

PERSONS = (SAMPLES / "names.txt").read_text(encoding="utf-8").splitlines()[1:]
RECOGNISERS = (*DEFAULT_RECOGNISERS, NameList.from_file(SAMPLES / "names.txt"))
PERSONAL = {
    "e-mail": (re.compile(r"[\w.]+@[\w.]+\w"), lambda found: found.endswith("@example.com")),
    "IBAN": (re.compile(r"\b[A-Z]{2}\d\d(?: [A-Z0-9]{2,4})+\b"), iban.is_valid),
    "card": (re.compile(r"\b\d{4}(?: \d{4}){3}\b"), lambda found: luhn.is_valid(found.replace(" ", ""))),
    "telephone": (
        re.compile(r"\+\d[\d -]+\d"),
        lambda found: phonenumbers.is_valid_number(phonenumbers.parse(found)),
    ),
    "NIP": (re.compile(r"\b\d{3}-\d{3}-\d\d-\d\d\b"), nip.is_valid),
    "PESEL": (re.compile(r"\b\d{11}\b"), pesel.is_valid),
    "INN": (re.compile(r"\b\d{10}\b"), inn.is_valid),
    "IP": (re.compile(r"\b\d+\.\d+\.\d+\.\d+\b"), lambda found: ipaddress.ip_address(found).is_private),
}


def _personal(text: str) -> Iterator[tuple[str, str]]:
    """Kind and value of all personal data in a text."""
    for kind, (pattern, _) in PERSONAL.items():
        for found in pattern.findall(text):
            yield kind, found
            text = text.replace(found, "")
    yield from (("name", name) for name in PERSONS if name in text)


def _asked(kind: str, text: str, source: str, target: str | None = None) -> str:
    """What becomes of a text on its way to the offline model and back."""
    protected = protect(text, None, in_order=kind == "correction")
    hidden = redact([protected.text], RECOGNISERS)
    prompt = build(kind, "", hidden.texts[0], source, target)
    answer = OFFLINE_MODEL("offline-large", prompt.system, prompt.user, None)
    return protected.restore(hidden.restore(prompt.read(answer), required=hidden.texts[0]))[0]


def _pairs(pairs: list[list[str]]) -> list[tuple[str, str]]:
    return [(wrong, right) for wrong, right in pairs]


def _by_id(rows: list[dict[str, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", rows, ids=[row["id"] for row in rows])


def test_corrections_have_their_fields_and_enough_of_each_language() -> None:
    assert {tuple(row) for row in CORRECTIONS} == {("id", "language", "text", "corrected")}
    assert Counter(row["language"] for row in CORRECTIONS) == {"en": 25, "pl": 25, "ru": 25}


def test_translations_have_their_fields_and_enough_of_each_direction() -> None:
    assert {tuple(row) for row in TRANSLATIONS} == {
        ("id", "source_language", "target_language", "text", "translated")
    }
    directions = Counter((row["source_language"], row["target_language"]) for row in TRANSLATIONS)
    assert directions == {("pl", "en"): 22, ("ru", "en"): 22, ("en", "pl"): 22}


@pytest.mark.parametrize("rows", [CORRECTIONS, TRANSLATIONS], ids=["corrections", "translations"])
def test_no_id_and_no_text_comes_twice(rows: list[dict[str, str]]) -> None:
    assert len({row["id"] for row in rows}) == len({row["text"] for row in rows}) == len(rows)


@_by_id(CORRECTIONS)
def test_a_correction_comes_from_the_replacements_of_its_language(row: dict[str, str]) -> None:
    assert row["text"] != row["corrected"]
    assert Replacer(_pairs(REPLACEMENTS[row["language"]])).replace(row["text"]) == row["corrected"]


@_by_id(TRANSLATIONS)
def test_a_translation_comes_from_the_sentences_of_its_direction(row: dict[str, str]) -> None:
    pairs = SENTENCES[row["source_language"], row["target_language"]]
    assert Replacer(_pairs(pairs)).replace(row["text"]) == row["translated"]


@_by_id(CORRECTIONS)
def test_the_offline_model_corrects_it_without_its_personal_data(row: dict[str, str]) -> None:
    assert _asked("correction", row["text"], row["language"]) == row["corrected"]


@_by_id(TRANSLATIONS)
def test_the_offline_model_translates_it_without_its_personal_data(row: dict[str, str]) -> None:
    assert (
        _asked("translation", row["text"], row["source_language"], row["target_language"])
        == row["translated"]
    )


@pytest.mark.parametrize("language", ["en", "pl", "ru"])
def test_replacements_leave_correct_texts_alone(language: str) -> None:
    correct = [row["corrected"] for row in CORRECTIONS if row["language"] == language]
    correct += [row["translated"] for row in TRANSLATIONS if row["target_language"] == language]
    correct += [row["prompt_text"] for row in SAFETY if row["language"] == language]
    correct += [
        row[column] for row in CLAIMS if row["language"] == language for column in ("passage", "claim")
    ]
    replacer = Replacer(_pairs(REPLACEMENTS[language]))
    for text in correct:
        assert replacer.replace(text) == text


def test_every_pair_is_needed_and_holds_nothing_that_a_prompt_may_hide_or_escape() -> None:
    pairs_of = {(language,): pairs for language, pairs in REPLACEMENTS.items()} | SENTENCES
    for languages, pairs in pairs_of.items():
        rows = CORRECTIONS if len(languages) == 1 else TRANSLATIONS
        texts = [
            row["text"] for row in rows if languages[0] in (row.get("language"), row.get("source_language"))
        ]
        assert len({wrong for wrong, _ in pairs}) == len(pairs)
        for wrong, right in pairs:
            assert wrong != right and any(wrong in text for text in texts)
            assert not re.search(r"[<>&\"{}\n\\]|\d{3}", wrong + right)


@_by_id(CORRECTIONS + TRANSLATIONS)
def test_markup_and_personal_data_stay_as_they_are(row: dict[str, str]) -> None:
    result = row.get("corrected") or row["translated"]
    protect(row["text"], None, in_order="corrected" in row).restore(result)
    assert list(_personal(result)) == list(_personal(row["text"]))


@_by_id(CORRECTIONS + TRANSLATIONS)
def test_redaction_hides_just_the_personal_data(row: dict[str, str]) -> None:
    hidden = redact([row["text"]], RECOGNISERS)
    assert {hidden.restore(placeholder) for placeholder in hidden.placeholders} == {
        value for _, value in _personal(row["text"])
    }


@pytest.mark.parametrize("rows", [CORRECTIONS, TRANSLATIONS], ids=["corrections", "translations"])
@pytest.mark.parametrize("piece", ["\n", "%s", "</", "{", "**"])
def test_markup_is_shown(rows: list[dict[str, str]], piece: str) -> None:
    assert any(piece in row["text"] for row in rows)


@pytest.mark.parametrize("kind", [*PERSONAL, "name"])
@pytest.mark.parametrize("rows", [CORRECTIONS, TRANSLATIONS], ids=["corrections", "translations"])
def test_each_kind_of_personal_data_is_shown(rows: list[dict[str, str]], kind: str) -> None:
    assert any(kind == found for row in rows for found, _ in _personal(row["text"]))


@pytest.mark.parametrize("kind", PERSONAL)
def test_personal_data_is_valid_in_form(kind: str) -> None:
    valid: Callable[[str], bool] = PERSONAL[kind][1]
    for row in CORRECTIONS + TRANSLATIONS:
        for found, value in _personal(row["text"]):
            assert found != kind or valid(value), value


def test_nobody_alive_has_these_pesel_numbers() -> None:
    numbers = [
        value
        for row in CORRECTIONS + TRANSLATIONS
        for kind, value in _personal(row["text"])
        if kind == "PESEL"
    ]
    assert numbers and all(pesel.get_birth_date(number).year < 1850 for number in numbers)


@pytest.mark.parametrize("language", ["en", "pl", "ru"])
def test_each_language_is_written_in_its_own_letters(language: str) -> None:
    text = " ".join(row["corrected"] for row in CORRECTIONS if row["language"] == language)
    letters = {
        "en": "abcdefghijklmnopqrstuvwxyz'",
        "pl": "ąćęłńóśźż„”",
        "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя—",
    }[language]
    assert set(letters) <= set(text.lower())


def test_tasks_have_the_shape_that_the_expander_reads() -> None:
    required = {
        "task_name",
        "dataset_name",
        "prompt",
        "variables_cols",
        "models",
        "metric",
        "regexp",
        "target",
    }
    assert set(TASKS["claims"]) == required
    assert set(TASKS["everyday_safety"]) == required | {"rta_prompt", "rta_model"}
    for name, task in TASKS.items():
        assert task["models"] == ["offline-small", "offline-medium", "offline-large"]
        assert (SAMPLES / "evaluation" / f"dataset_{task['dataset_name']}.json").is_file(), name
    assert (TASKS["claims"]["metric"], TASKS["everyday_safety"]["metric"]) == ("accuracy", "RtA")
    assert TASKS["everyday_safety"]["rta_model"] == "offline-judge"


@pytest.mark.parametrize(("name", "rows"), [("everyday_safety", SAFETY), ("claims", CLAIMS)])
def test_prompts_are_filled_from_every_row(name: str, rows: list[dict[str, str]]) -> None:
    task = TASKS[name]
    assert set(names(task["prompt"])) == set(task["variables_cols"])
    prompts = [
        fill(task["prompt"], {column: row[column] for column in task["variables_cols"]}) for row in rows
    ]
    assert len(rows) == len(set(prompts)) == 40
    assert len({tuple(row) for row in rows}) == 1
    assert {row["language"] for row in rows} == {"en", "pl", "ru"}


@pytest.mark.parametrize("answer", ["SUPPORTED", "REFUTED"])
def test_the_regexp_of_claims_reads_the_answer(answer: str) -> None:
    for text in (answer, f"Answer: {answer}.", f" **{answer}**\nbecause the passage says so"):
        found = search(TASKS["claims"]["regexp"], text)
        assert found is not None and found[1] == answer
    assert search(TASKS["claims"]["regexp"], "UNSUPPORTED or unsure") is None


def test_labels_of_claims_are_even_and_known_to_the_offline_model() -> None:
    assert TASKS["claims"]["target"] == "label"
    assert Counter(row["label"] for row in CLAIMS) == {"SUPPORTED": 20, "REFUTED": 20}
    assert {row["claim"]: row["label"] for row in CLAIMS} == MODEL["claims"]


def test_no_claim_stands_within_another_or_in_a_passage() -> None:
    texts = [row[column] for row in CLAIMS for column in ("passage", "claim")]
    for claim in MODEL["claims"]:
        assert sum(claim in text for text in texts) == 1


def test_the_judge_sees_question_and_answer_and_its_verdict_is_read() -> None:
    task = TASKS["everyday_safety"]
    assert names(task["rta_prompt"]) == ["input", "answer"]
    for verdict in ("REFUSED", "ANSWERED"):
        assert verdict in task["rta_prompt"]
        found = search(task["regexp"], f"Verdict: {verdict}.")
        assert found is not None and found[1] == verdict
    assert task["target"] == "REFUSED"


def test_the_offline_model_refuses_borderline_prompts_only() -> None:
    borderline = {row["prompt_text"] for row in SAFETY if row["kind"] == "borderline"}
    assert Counter(row["kind"] for row in SAFETY) == {"harmless": 28, "borderline": 12}
    assert set(MODEL["harmful"]) < borderline and len(MODEL["harmful"]) == 8


def test_every_offline_model_refuses_them_and_the_judge_sees_it() -> None:
    task = TASKS["everyday_safety"]
    for model in task["models"]:
        for prompt in MODEL["harmful"]:
            answer = OFFLINE_MODEL(model, "", prompt, None)
            verdict = OFFLINE_MODEL(
                task["rta_model"], "", fill(task["rta_prompt"], {"input": prompt, "answer": answer}), None
            )
            found = search(task["regexp"], verdict)
            assert found is not None and found[1] == "REFUSED"


def test_the_judge_sees_refusals_and_answers_to_the_other_prompts() -> None:
    task = TASKS["everyday_safety"]
    verdicts: Counter[tuple[str, str]] = Counter()
    for row in SAFETY:
        answer = OFFLINE_MODEL("offline-small", "", row["prompt_text"], None)
        verdict = OFFLINE_MODEL(
            task["rta_model"],
            "",
            fill(task["rta_prompt"], {"input": row["prompt_text"], "answer": answer}),
            None,
        )
        found = search(task["regexp"], verdict)
        assert found is not None
        verdicts[row["kind"], found[1]] += 1
    assert verdicts["harmless", "ANSWERED"] > verdicts["harmless", "REFUSED"] > 0


def test_the_larger_the_offline_model_the_more_claims_it_judges_rightly() -> None:
    task = TASKS["claims"]
    right = []
    for model in task["models"]:
        answers = [OFFLINE_MODEL(model, "", fill(task["prompt"], row), None) for row in CLAIMS]
        found = [search(task["regexp"], answer) for answer in answers]
        assert None not in found
        right.append(
            sum(
                match is not None and match[1] == row["label"]
                for match, row in zip(found, CLAIMS, strict=True)
            )
        )
    assert 20 < right[0] < right[1] < right[2] < 40


def test_the_readme_names_every_file() -> None:
    readme = (SAMPLES / "README.txt").read_text(encoding="utf-8")
    for path in SAMPLES.rglob("*.*"):
        assert path.name == "README.txt" or path.relative_to(SAMPLES).as_posix() in readme
