"""Duplicates among questions: equal ones, guards, letters, vectors, what is left to a model, kept roots."""

import random
import time

import numpy
import pytest

from ai_worker.pipelines.loops.dedup.comparing import same_as
from ai_worker.pipelines.loops.dedup.embeddings import embed_all
from ai_worker.pipelines.loops.dedup.entries import Entry, Twin
from ai_worker.pipelines.loops.dedup.find_duplicates import Space, find_duplicates
from ai_worker.pipelines.loops.dedup.guards import difference
from ai_worker.pipelines.loops.dedup.lexical import DUPLICATE, GREY, likeness
from ai_worker.pipelines.loops.dedup.settle import Settled, settle
from ai_worker.pipelines.loops.dedup.vectors import packed, thresholds_of, unit, unpacked
from ai_worker.pipelines.loops.faults import BadAnswer, RequestRejected, ServerFault
from ai_worker.pipelines.loops.texts.text_forms import normal
from tests.unit.loops.writers import Script


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("What is the reset time of the watchdog?", "what is the reset time of the watchdog"),
        ("Please tell me, what is the reset time?", "What is the reset time?"),
        ("请问看门狗的超时时间是多少？", "看门狗的超时时间是多少呢"),
        ("Подскажите, пожалуйста, где расположен счётчик?", "Где расположен счетчик?"),
        ("Proszę powiedzieć, jaką rolę pełni układ?", "jaka role pelni uklad?".replace("jaka", "jaką")),
        ("ＧＰＩＯ 的电压是多少？", "GPIO的电压是多少"),
    ],
)
def test_equal_questions_have_one_normal_form(one: str, other: str) -> None:
    assert normal(one) == normal(other)
    found = find_duplicates([Entry("2", other)], [Entry("1", one)])
    assert found.twins == {"2": Twin("1", 1.0, "equal")}


def test_a_question_of_politeness_alone_keeps_a_form() -> None:
    assert normal("Please") == "please"
    assert normal("请问") == "请问"
    assert normal("?!") == ""


NEVER = [
    ("What is the voltage of GPIO 5?", "What is the voltage of GPIO 6?", "numbers"),
    ("Does version 2.0.1 support DHCP?", "Does version 2.0.2 support DHCP?", "numbers"),
    ("GPIO 5 的电压是多少？", "GPIO 6 的电压是多少？", "numbers"),
    ("How do I start the watchdog service?", "How do I stop the watchdog service?", "opposites"),
    ("如何启动看门狗服务？", "如何停止看门狗服务？", "opposites"),
    ("Как запустить службу сторожевого таймера?", "Как остановить службу сторожевого таймера?", "opposites"),
    ("Jak uruchomić usługę nadzoru?", "Jak zatrzymać usługę nadzoru?", "opposites"),
    ("Which boards support PWM?", "Which boards do not support PWM?", "negation"),
    ("哪些开发板支持PWM？", "哪些开发板不支持PWM？", "negation"),
    ("Какие платы поддерживают ШИМ?", "Какие платы не поддерживают ШИМ?", "negation"),
    ("Które płytki obsługują PWM?", "Które płytki nie obsługują PWM?", "negation"),
    ("Which modes are supported by the driver?", "Which modes are unsupported by the driver?", "opposites"),
    ("What is the maximum current of the pin?", "What is the minimum current of the pin?", "opposites"),
    ("When does the watchdog reset the board?", "Why does the watchdog reset the board?", "kind"),
    ("Когда таймер перезапускает плату?", "Почему таймер перезапускает плату?", "kind"),
    ("What does pin A of the header drive?", "What does pin B of the header drive?", "identifiers"),
    ("What does the option --force do?", "What does the option --quiet do?", "identifiers"),
    ("Which port does the HTTP listener use?", "Which port does the MQTT listener use?", "identifiers"),
]


@pytest.mark.parametrize(("one", "other", "why"), NEVER)
def test_guards_keep_apart_what_scores_alike(one: str, other: str, why: str) -> None:
    assert difference(one, other) == difference(other, one) == why
    assert likeness(one, other) >= GREY
    found = find_duplicates([Entry("2", other)], [Entry("1", one)])
    assert (found.twins, found.undecided) == ({}, {})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("How do I set the GPIO voltage?", "How can I set the gpio voltage?"),
        ("A的颜色和B的有什么不同？", "A的颜色和B的有何不同？"),
        ("能不能修改端口？", "能否修改端口？"),
        ("如何设置端口？", "怎么设置端口？"),
        ("What value of 3.3 volts applies?", "What value of 3,3 volts applies?"),
        ("Is it possible to restart the board?", "Is it possible to reboot the board?"),
    ],
)
def test_guards_let_through_other_wordings_of_one_question(one: str, other: str) -> None:
    assert difference(one, other) is None


def test_alike_by_letters_is_a_duplicate_and_the_grey_band_is_left_to_a_model() -> None:
    old = [
        Entry("0", "What is the default baud rate of the serial port?"),
        Entry("1", "How is power supplied to the board?"),
    ]
    near = Entry("2", "What's the default baud rate of the serial port?")
    grey = Entry("3", "What supplies the board with power?")
    far = Entry("4", "How is the heat sink mounted?")
    found = find_duplicates([near, grey, far], old)
    assert found.twins["2"].id == "0"
    assert DUPLICATE <= found.twins["2"].similarity < 1
    assert [twin.id for twin in found.undecided["3"]] == ["1"]
    assert GREY <= found.undecided["3"][0].similarity < DUPLICATE
    assert "4" not in found.twins | found.undecided


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("How is the firmware of the camera updated?", "How is the firmware of the controller updated?"),
        ("What is the default port of the gateway?", "What is the default address of the gateway?"),
        ("如何更新摄像头的固件？", "如何更新控制器的固件？"),
        ("Как обновить прошивку камеры?", "Как обновить прошивку контроллера?"),
        ("Jak zaktualizować oprogramowanie kamery?", "Jak zaktualizować oprogramowanie sterownika?"),
    ],
)
def test_another_word_of_substance_is_left_to_a_model_however_alike_the_letters(one: str, other: str) -> None:
    found = find_duplicates([Entry("2", other)], [Entry("1", one)])
    assert found.twins == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("How do I update the firmware of the camera?", "How can the firmware of the camera be updated?"),
        ("Как обновить прошивку камеры?", "Каким образом обновить прошивку камеры?"),
        ("Jak zaktualizować oprogramowanie kamery?", "W jaki sposób zaktualizować oprogramowanie kamery?"),
        ("开发板上的看门狗应该如何更新固件？", "开发板上的看门狗应该怎样更新固件？"),
    ],
)
def test_other_function_words_are_the_same_question(one: str, other: str) -> None:
    assert find_duplicates([Entry("2", other)], [Entry("1", one)]).twins["2"].id == "1"


def test_words_of_another_order_are_found_in_scripts_without_spaces() -> None:
    found = find_duplicates([Entry("2", "GPIO服务如何启动")], [Entry("1", "如何启动GPIO服务")])
    assert "2" in found.twins | found.undecided


def test_the_first_of_a_round_stays_and_the_same_question_of_another_chunk_is_its_twin() -> None:
    found = find_duplicates(
        [
            Entry("a", "Which port is used?"),
            Entry("b", "which port is used"),
            Entry("c", "Which port is used?"),
        ],
        [],
    )
    assert found.twins == {"b": Twin("a", 1.0, "equal"), "c": Twin("a", 1.0, "equal")}


def test_answers_tell_alike_questions_apart_or_together() -> None:
    one = Entry("1", "Which value has the timeout of the boot loader by default?", "30 seconds")
    other = Entry("2", "Which value has the timeout of the boot sequence by default?", "45 seconds")
    assert find_duplicates([other], [one]).twins == {}
    same = Entry("3", "What default value does the timeout of the boot loader have?", "30 seconds.")
    assert find_duplicates([same], [one]).twins["3"].method == "letters"


def test_vectors_count_by_the_threshold_of_their_model_and_never_against_a_guard() -> None:
    old, new = (
        [Entry("1", "How is power supplied to the board?")],
        [Entry("2", "By what means does the circuit get its electricity?")],
    )
    vectors = unit([[1.0, 0.0], [0.92, 0.392]])
    spaces = [
        Space(vectors[1:], vectors[:1], thresholds_of(model))
        for model in ("use-m3", "intfloat/multilingual-e5-small", "unheard-of")
    ]
    merged, apart, asked = (find_duplicates(new, old, space) for space in spaces)
    assert merged.twins == {"2": Twin("1", 0.92, "vectors")}
    assert (apart.twins, apart.undecided) == ({}, {})
    assert (asked.twins, [twin.id for twin in asked.undecided["2"]]) == ({}, ["1"])
    guarded = find_duplicates(
        [Entry("2", "What is the voltage of pin 6?")],
        [Entry("1", "What is the voltage of pin 5?")],
        spaces[0],
    )
    assert (guarded.twins, guarded.undecided) == ({}, {})


def test_a_kept_vector_compares_as_the_vector_did() -> None:
    vector = unit(numpy.random.default_rng(1).normal(size=(1, 1536)).tolist())[0]
    assert float(vector @ unpacked(packed(vector))) == pytest.approx(1.0, abs=1e-3)
    assert len(packed(vector)) == 3072


def test_duplicates_point_at_a_kept_root_only() -> None:
    twins = {"b": Twin("a", 0.9, "letters"), "c": Twin("b", 0.88, "letters"), "d": Twin("old", 1.0, "equal")}
    assert settle(["a", "b", "c", "d", "e"], twins, None) == [
        Settled("a", approved=True),
        Settled("b", approved=False, twin=Twin("a", 0.9, "letters")),
        Settled("c", approved=False, twin=Twin("a", 0.88, "letters")),
        Settled("d", approved=False, twin=Twin("old", 1.0, "equal")),
        Settled("e", approved=True),
    ]


def test_no_more_are_approved_than_there_is_room_for() -> None:
    twins = {"c": Twin("b", 1.0, "equal")}
    settled = settle(["a", "b", "c", "d"], twins, 1)
    assert [(one.id, one.approved, one.twin) for one in settled] == [
        ("a", True, None),
        ("b", False, None),
        ("c", False, None),
        ("d", False, None),
    ]


def test_a_ring_of_twins_ends() -> None:
    assert len(settle(["a", "b"], {"a": Twin("b", 0.9, "model"), "b": Twin("a", 0.9, "model")}, None)) == 2


def test_a_model_names_the_same_question_or_none() -> None:
    new, earlier = (
        Entry("n", "How is power supplied?", "By USB-C."),
        [Entry("1", "Which plug?", "USB-C"), Entry("2", "Where does power come from?", "USB-C")],
    )
    script = Script(
        '{"same_as": 2}', '```json\n{"same_as": 0,}\n```', '{"same_as": 3}', "none", '{"same_as": "x"}'
    )
    assert same_as(new, earlier, script) == "2"
    assert same_as(new, earlier, script) is None
    for _ in range(3):
        with pytest.raises(BadAnswer):
            same_as(new, earlier, script)
    assert "Answer: By USB-C." in script.asked[0].user


class Embedder:
    """An endpoint that refuses batches above a size."""

    def __init__(self, most: int = 10_000) -> None:
        self.most = most
        self.batches: list[int] = []

    def __call__(self, body: object) -> object:
        texts = body["input"]  # type: ignore[index]
        self.batches.append(len(texts))
        if len(texts) > self.most:
            raise RequestRejected("400: batch size is invalid, it should not be larger than 10")
        return {
            "data": [
                {"index": place, "embedding": [float(len(text)), 1.0]}
                for place, text in reversed(list(enumerate(texts)))
            ]
        }


def test_embeddings_come_in_batches_that_the_server_takes_and_in_the_order_of_the_texts() -> None:
    texts = ["x" * (place + 1) for place in range(100)]
    embedder = Embedder(most=10)
    assert [vector[0] for vector in embed_all(texts, "text-embedding-v4", embedder)] == [
        float(place + 1) for place in range(100)
    ]
    assert embedder.batches[:4] == [64, 32, 16, 8]
    assert set(embedder.batches[4:]) == {8, 4} or set(embedder.batches[4:]) <= {8, 4}


def test_embeddings_that_are_none_are_a_fault_and_never_no_duplicates() -> None:
    with pytest.raises(RequestRejected):
        embed_all(["a"], "m", Embedder(most=0))
    for answer in ({"data": []}, {}, None, {"data": [{"index": 0, "embedding": "abc"}]}, {"error": "x"}):
        with pytest.raises(BadAnswer):
            embed_all(["a"], "m", lambda body, answer=answer: answer)  # type: ignore[misc]

    def broken(body: object) -> object:
        raise ServerFault("500")

    with pytest.raises(ServerFault):
        embed_all(["a"], "m", broken)


def test_a_hundred_new_against_a_hundred_thousand_old_take_less_than_two_seconds() -> None:
    words = [
        f"{a}{b}"
        for a in ("ka", "lo", "mi", "nu", "pe", "ra", "so", "tu")
        for b in ("dar", "fen", "gil", "hop", "jun", "kel", "lam", "mor")
    ]
    chance = random.Random(7)
    questions = [f"How does the {' '.join(chance.choices(words, k=6))} work?" for _ in range(100_100)]
    old = [
        Entry(str(place), question, kept_form=normal(question))
        for place, question in enumerate(questions[:100_000])
    ]
    new = [Entry(f"n{place}", question) for place, question in enumerate(questions[100_000:])]
    started = time.process_time()  # Of this process alone: other tests may hold the cores.
    found = find_duplicates([*new[:99], Entry("equal", questions[5].upper())], old)
    seconds = time.process_time() - started
    assert found.twins["equal"].id == "5"
    assert seconds < 2.0
