from tests.dealing import dealt


def waits(test: int) -> bool:
    return test < 10


def test_few_workers_all_begin_with_their_share_of_those_that_wait() -> None:
    order = dealt(range(103), 4, waits)
    assert sorted(order) == list(range(103))
    pieces = [order[:25], order[25:51], order[51:77], order[77:]]
    assert [[test for test in piece if waits(test)] for piece in pieces] == [
        [0, 4, 8],
        [1, 5, 9],
        [2, 6],
        [3, 7],
    ]
    assert all(waits(piece[0]) and waits(piece[1]) for piece in pieces)


def test_one_worker_keeps_the_order_and_few_tests_are_all_run() -> None:
    assert dealt(range(30), 1, waits) == list(range(30))
    assert sorted(dealt(range(3), 4, waits)) == [0, 1, 2]
    assert dealt([], 4, waits) == []


def test_beside_five_workers_that_wait_the_others_compute_from_the_start() -> None:
    order = dealt(range(70), 7, waits)
    assert sorted(order) == list(range(70))
    pieces = [order[start : start + 10] for start in range(0, 70, 10)]
    assert [[test for test in piece if waits(test)] for piece in pieces] == [
        [],
        [],
        [0, 5],
        [1, 6],
        [2, 7],
        [3, 8],
        [4, 9],
    ]
    assert all(waits(piece[0]) and waits(piece[1]) for piece in pieces[2:])
