"""Which chunks a round visits."""

from collections import Counter

from ai_worker.pipelines.loops.chunks.chunk import Chunk
from ai_worker.pipelines.loops.chunks.planning import Visited, plan_visits


def chunks(*sizes: int) -> list[Visited]:
    found = [(f"file-{number}", place) for number, size in enumerate(sizes) for place in range(size)]
    return [Visited(number, name, 0) for number, (name, _) in enumerate(found)]


def visited(all_of_them: list[Visited], visits: Counter[int]) -> list[Visited]:
    return [Visited(chunk.id_loop_chunk, chunk.file_id, visits[chunk.id_loop_chunk]) for chunk in all_of_them]


def test_without_a_limit_a_round_visits_every_chunk() -> None:
    assert {chunk.id_loop_chunk for chunk in plan_visits(chunks(50, 5, 1), 5, None)} == set(range(56))


def test_every_file_comes_before_the_second_chunk_of_any_and_every_chunk_before_a_second_visit() -> None:
    everything, visits = chunks(50, 5, 1), Counter[int]()
    planned = plan_visits(everything, 5, 20)
    assert [chunk.file_id for chunk in planned] == ["file-0", "file-1", "file-2", "file-0"]
    while sum(visits.values()) < 112:
        for chunk in plan_visits(visited(everything, visits), 5, 20):
            visits[chunk.id_loop_chunk] += 1
        assert max(visits[number] for number in range(56)) - min(visits[number] for number in range(56)) <= 1
    assert set(visits.values()) == {2}


def test_few_missing_questions_need_few_chunks_but_new_files_are_not_left_out() -> None:
    everything = chunks(4, 4)
    assert len(plan_visits(everything, 5, 1)) == 2
    assert len(plan_visits(visited(everything, Counter(range(8))), 5, 1)) == 1
    assert plan_visits([], 5, 20) == []


def test_equal_texts_have_one_hash_whatever_their_spaces() -> None:
    one, other = Chunk("f", "1", "The  pin\nis high."), Chunk("g", "2", "The pin is high. ")
    assert one.content_hash == other.content_hash != Chunk("f", "3", "The pin is low.").content_hash
