"""The retrieval test of a question, and knowledge bases of every kind over HTTP against strict doubles."""

import time
from collections.abc import Callable, Iterator

import pytest
from pydantic import SecretStr

from ai_worker.errors import WorkError
from ai_worker.outbound.endpoint import Endpoint, place_of
from ai_worker.outbound.errors import UnknownModel
from ai_worker.outbound.limits.breaker import Rules
from ai_worker.outbound.limits.local_limiter import LocalLimiter
from ai_worker.pipelines.loops.chunks.chunk import Chunk
from ai_worker.pipelines.loops.faults import (
    BadAnswer,
    Overloaded,
    RateLimited,
    RequestRejected,
    ServerFault,
    Unauthorized,
    Unreachable,
)
from ai_worker.pipelines.loops.outgoing.servers import Exchanges
from ai_worker.pipelines.loops.recall.agent_stream import agent_hits
from ai_worker.pipelines.loops.recall.kinds import REMOTE, open_knowledge_base
from ai_worker.pipelines.loops.recall.knowledge_base import Document, Environment, Hit, KnowledgeBase
from ai_worker.pipelines.loops.recall.listing import ChunksMissing, list_chunks
from ai_worker.pipelines.loops.recall.local import Local
from ai_worker.pipelines.loops.recall.testing import Found, Query, ranks, result_columns, search
from devtools.knowledge_base.contents import Contents
from devtools.knowledge_base.faults import Fault
from devtools.knowledge_base.server import KnowledgeBaseServer
from tests.integration.conftest import use_limiter
from tests.integration.loops.driver import CALLER

TOPICS = ("watchdog", "bootloader", "antenna", "thermistor", "bracket", "solder", "firmware", "oscillator")


def chunks(files: int = 3, each: int = 40) -> list[Chunk]:
    return [
        Chunk(
            f"f{file}",
            f"c{file}-{place}",
            f"The {TOPICS[place % 8]} of unit {file} has the code zq{file}x{place}.",
            f"dir/f{file}.md",
            "Manual / Codes",
        )
        for file in range(files)
        for place in range(each)
    ]


@pytest.fixture
def server() -> Iterator[KnowledgeBaseServer]:
    with KnowledgeBaseServer(Contents(chunks())) as running:
        yield running


@pytest.fixture(autouse=True)
def _own_limiter(monkeypatch: pytest.MonkeyPatch) -> None:
    # Limits, cooldowns and breakers of these calls are `test_outgoing.py`'s; here each call may leave.
    use_limiter(monkeypatch, LocalLimiter(rules=Rules(calls=1_000)))
    monkeypatch.setattr(LocalLimiter, "cool_down", lambda *_, **__: None)
    monkeypatch.setattr(LocalLimiter, "shut", lambda *_, **__: None)


def opened(
    server: KnowledgeBaseServer | str, kind: str = "dagent", key: str = "kb-key", **fields: str
) -> KnowledgeBase:
    url = server if isinstance(server, str) else server.url
    environment = Environment(**{"org_id": "org-1", **fields}, key=SecretStr(key))
    endpoint = Endpoint(environment.org_id, kind, url, label=f"@{place_of(url)}")
    return open_knowledge_base(kind, environment, Exchanges(endpoint, CALLER))


def waited() -> tuple[list[int], Callable[[int], None]]:
    calls: list[int] = []
    return calls, calls.append


def test_every_kind_lists_all_chunks_and_finds_the_right_one(server: KnowledgeBaseServer) -> None:
    for kind in REMOTE:
        base = opened(server, kind)
        listed = list_chunks(base, [], None, lambda _: None)
        assert {(chunk.file_id, chunk.chunk_id) for chunk in listed} == {
            (chunk.file_id, chunk.chunk_id) for chunk in chunks()
        }, kind
        assert {chunk.text for chunk in listed} == {chunk.text for chunk in chunks()}, kind
        hits = base.search("Which code is zq1x7?", 5, [])
        assert (hits[0].chunk_id, hits[0].file_id) == ("c1-7", "f1"), kind
        assert hits[0].similarity == pytest.approx(0.95), kind
        assert len(base.search("unit code", 5, [])[:5]) == 5, kind


def test_a_wrong_key_or_organisation_is_a_fault_of_every_kind(server: KnowledgeBaseServer) -> None:
    for kind in REMOTE:
        for base in (opened(server, kind, key="wrong"), opened(server, kind, org_id="other")):
            if kind == "dagent" and base is not None and base._environment.org_id == "org-1":  # type: ignore[attr-defined]
                continue  # It has no keys.
            with pytest.raises(WorkError):
                list(base.documents())
    for kind in ("ragflow", "dify", "fastgpt"):
        with pytest.raises(Unauthorized):
            list(opened(server, kind, key="wrong").documents())


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault("status", value=500), ServerFault),
        (Fault("status", value=503), Overloaded),
        (Fault("status", value=429), RateLimited),
        (Fault("status", value=401), Unauthorized),
        (Fault("status", value=404), UnknownModel),
        (Fault("code", value=500001), ServerFault),
        (Fault("code", value=401), Unauthorized),
        (Fault("text"), BadAnswer),
        (Fault("reset"), Unreachable),
    ],
)
def test_faults_are_faults_and_never_an_empty_answer(
    server: KnowledgeBaseServer, fault: Fault, expected: type[WorkError]
) -> None:
    server.want(fault)
    base = opened(server)
    for ask in (
        lambda: list(base.documents()),
        lambda: list(base.chunks(Document("f1"))),
        lambda: base.search("a", 5, []),
    ):
        with pytest.raises(expected):
            ask()


def test_a_server_that_is_away_is_named_without_its_path() -> None:
    base = opened("http://127.0.0.1:9")
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:9"):
        list(base.documents())


def test_the_users_id_goes_out_with_the_list_of_chunks_too(server: KnowledgeBaseServer) -> None:
    base = opened(server, user_id="anna")
    list(base.chunks(Document("f1")))
    assert [entry.headers["d-user-id"] for entry in server.journal.of("chunks")] == ["anna"]
    assert "authorization" not in server.journal.entries[0].headers


def test_null_lists_are_an_empty_answer_and_the_run_goes_on(server: KnowledgeBaseServer) -> None:
    server.want(Fault("nulls", "search"))
    tested = Query("Which code?", "f1", "c1-7")
    columns = result_columns(tested, search(opened(server), tested, time.monotonic))
    assert (
        columns["retrieved"],
        columns["is_file_hit"],
        columns["is_chunk_hit"],
        columns["best_cosine_sim"],
    ) == ("[]", 0, 0, None)


def test_lists_that_lie_repeat_or_hold_foreign_chunks_give_distinct_own_ones_and_end(
    server: KnowledgeBaseServer,
) -> None:
    everything = {(chunk.file_id, chunk.chunk_id) for chunk in chunks()}
    for fault in (
        Fault("total", "chunks", 7),
        Fault("total", "chunks", 99_999),
        Fault("foreign", "chunks"),
        Fault("repeat", "files"),
    ):
        server.want(fault)
        listed = list_chunks(opened(server), [], None, lambda _: None)
        assert sorted((chunk.file_id, chunk.chunk_id) for chunk in listed) == sorted(everything), fault.kind


def test_a_page_that_comes_for_ever_ends_the_list() -> None:
    with KnowledgeBaseServer(Contents(chunks(1, 100))) as endless:
        endless.want(Fault("repeat", "chunks"))
        assert len(list_chunks(opened(endless), [], None, lambda _: None)) == 100
        assert len(endless.journal.of("chunks")) < 10


def test_missing_chunks_are_fetched_again_and_then_fail_with_both_numbers(
    server: KnowledgeBaseServer,
) -> None:
    calls, wait = waited()
    server.want(Fault("empty_page", "chunks", times=1))
    assert len(list_chunks(opened(server), [], 120, wait)) == 120
    assert calls == [1]
    with pytest.raises(ChunksMissing, match=r"lists 120 chunks, expected_chunk_count is 121"):
        list_chunks(opened(server), [], 121, wait)
    assert calls == [1, 1, 2]


def test_only_the_named_files_are_listed_each_once(server: KnowledgeBaseServer) -> None:
    listed = list_chunks(opened(server), ["f2", "f0", "f2"], None, lambda _: None)
    assert {chunk.file_id for chunk in listed} == {"f0", "f2"}
    assert len(listed) == 80
    assert {chunk.file_name for chunk in listed} == {"dir/f0.md", "dir/f2.md"}


def test_agents_are_asked_by_events_and_their_faults_are_faults(server: KnowledgeBaseServer) -> None:
    base = opened(server, agent_id="agent-1")
    hits = base.search("Which code is zq1x7?", 20, [])
    assert hits[0].chunk_id == "c1-7"
    assert len({hit.chunk_id for hit in hits}) == len(hits) == 20
    assert {hit.similarity for hit in hits} == {None}
    server.want(Fault("error_event", "agent"))
    with pytest.raises(ServerFault, match="the tool is away"):
        base.search("a", 5, [])
    server.want(Fault("code", "agent", 500))
    with pytest.raises(ServerFault):
        base.search("a", 5, [])


def test_a_stream_is_read_whatever_its_lines_hold() -> None:
    large = "容" * 100_000
    stream = (
        '\r\ndata:{"message_type":"EVENT","is_chunk_data":false,"data":{"event_name":"TOOL_END","event_data":{"items":['
        f'{{"file_id":7,"knowledge_md_header_split_id":"x","active_context":"{large}"}},{{"file_id":null}}]}}}}}}\r\n'
        "data: not json\n: comment\ndata: [DONE]\n"
    )
    assert [(hit.file_id, hit.chunk_id, len(hit.text)) for hit in agent_hits(stream.encode())] == [
        ("7", "x", 100_000)
    ]
    assert agent_hits(b'data: {"message_type":"TEXT","data":"nothing found"}\n') == []
    for broken in (b"", b"data: [DONE]\n", b"<html></html>"):
        with pytest.raises(BadAnswer):
            agent_hits(broken)


def test_a_question_that_is_too_long_for_the_server_is_an_error_and_no_miss(
    server: KnowledgeBaseServer,
) -> None:
    with pytest.raises(RequestRejected, match="250"):
        opened(server, "dify").search("x" * 251, 5, [])
    assert server.journal.entries == []


def test_the_own_file_alone_is_searched_where_wanted_also_where_the_server_ignores_it(
    server: KnowledgeBaseServer,
) -> None:
    tested = Query("the code of the watchdog", "f1", "c1-0", within_file=True, recall_top_k=10)
    for fault in (Fault("none"), Fault("ignore_files", "search")):
        server.want(fault)
        assert {hit.file_id for hit in search(opened(server), tested, time.monotonic).hits} == {"f1"}
    assert server.journal.of("search")[0].body["file_id_list"] == ["f1"]


def hits(*ids: str | tuple[str, str]) -> list[Hit]:
    return [Hit(*(one if isinstance(one, tuple) else (one, "f"))) for one in ids]


def test_only_the_first_top_k_count_and_the_list_is_cut_to_what_was_asked_for(
    server: KnowledgeBaseServer,
) -> None:
    server.want(Fault("many", "search"))
    tested = Query("unit code zq1x7", "f1", "c1-7", top_k=5, recall_top_k=8)
    assert len(search(opened(server), tested, time.monotonic).hits) == 8
    listed = Found(hits("a", "b", "c", "d", "e", "f", "wanted"), 3)
    columns = result_columns(Query("q", "g", "wanted", top_k=5), listed)
    assert (columns["is_chunk_hit"], columns["chunk_hit_rank"], columns["is_file_hit"]) == (0, None, 0)
    assert result_columns(Query("q", "f", "wanted", top_k=7), listed)["chunk_hit_rank"] == 7


def test_the_rank_is_the_place_in_the_list_and_items_without_an_id_keep_theirs() -> None:
    listed = hits(("", "f"), ("", ""), "x", "wanted", "wanted")
    found = ranks(Query("q", "f", "wanted"), listed)
    assert (found.file, found.chunk) == (1, 4)
    assert ranks(Query("q", "", ""), listed).chunk is None


def test_a_chunk_that_is_listed_twice_is_hit_once_at_its_first_place() -> None:
    tested = Query("q", "f", "twice", top_k=5)
    columns = result_columns(tested, Found(hits("a", "twice", "b", "c", "twice"), 3))
    assert (columns["is_chunk_hit"], columns["chunk_hit_rank"]) == (1, 2)
    assert (columns["is_file_hit"], columns["file_hit_rank"]) == (1, 1)


def test_ids_are_compared_as_text() -> None:
    assert ranks(Query("q", "7", "42"), [Hit("42", "7")]).chunk == 1


def test_a_question_of_unknown_origin_has_neither_hits_nor_misses() -> None:
    columns = result_columns(Query("q", None, ""), Found(hits("a"), 1))
    assert (columns["is_file_hit"], columns["is_chunk_hit"], columns["chunk_hit_rank"]) == (None, None, None)


def test_a_twin_of_another_chunk_is_an_acceptable_answer() -> None:
    tested = Query("q", "f", "mine", acceptable_chunks=frozenset({"twin"}), acceptable_files=frozenset({"g"}))
    assert ranks(tested, [Hit("x", "y"), Hit("twin", "g"), Hit("mine", "f")]).chunk == 2
    assert ranks(tested, [Hit("x", "y"), Hit("twin", "g")]).file == 2


def test_asking_for_fewer_than_count_is_said() -> None:
    with KnowledgeBaseServer(Contents(chunks())) as server:
        found = search(opened(server), Query("unit", "f1", "c1-1", top_k=10, recall_top_k=4), time.monotonic)
    assert found.notes == ["recall_top_k 4 is less than top_k 10: the first 4 count"]


def test_similarities_are_of_the_whole_list() -> None:
    listed = Found(
        [Hit("a", "f", similarity=0.9), Hit("b", "f", similarity=None), Hit("c", "f", similarity=0.5)], 1
    )
    columns = result_columns(Query("q", "f", "a"), listed)
    assert (columns["best_cosine_sim"], columns["avg_cosine_sim"]) == (0.9, pytest.approx(0.7))


def test_imported_chunks_are_found_without_a_server() -> None:
    base = Local(chunks())
    assert len(list_chunks(base, [], 120, lambda _: None)) == 120
    assert base.search("zq2x3", 3, [])[0].chunk_id == "c2-3"
    assert {hit.file_id for hit in base.search("the code of the antenna", 5, ["f1"])} == {"f1"}
