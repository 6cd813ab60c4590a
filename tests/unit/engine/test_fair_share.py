from hypothesis import given
from hypothesis import strategies as st

from ai_worker.engine.dispatch.fair_share import fair_share

held_counts = st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 200), max_size=12)
caps_of = st.dictionaries(
    st.text(min_size=1, max_size=3), st.one_of(st.none(), st.integers(0, 200)), max_size=12
)


@given(capacity=st.integers(0, 500), held=held_counts, caps=caps_of)
def test_gives_all_the_room_that_caps_allow_and_no_more(
    capacity: int, held: dict[str, int], caps: dict[str, int | None]
) -> None:
    given_out = fair_share(capacity, held, caps)
    takers = {key: caps[key] for key in held if caps.get(key) is not None}
    unbounded = any(caps.get(key) is None for key in held)
    possible = (
        capacity
        if unbounded
        else min(capacity, sum(max(0, (cap or 0) - held[key]) for key, cap in takers.items()))
    )
    assert sum(given_out.values()) == possible
    assert all(count > 0 for count in given_out.values())
    for key, count in given_out.items():
        cap = caps.get(key)
        assert cap is None or held[key] + count <= cap


@given(capacity=st.integers(0, 500), held=held_counts, caps=caps_of)
def test_nobody_gets_a_place_that_a_poorer_lane_could_have_had(
    capacity: int, held: dict[str, int], caps: dict[str, int | None]
) -> None:
    given_out = fair_share(capacity, held, caps)
    after = {key: held[key] + given_out.get(key, 0) for key in held}
    for rich in given_out:
        for poor in held:
            cap = caps.get(poor)
            if cap is None or after[poor] < cap:
                assert after[rich] <= after[poor] + 1


def test_a_small_lane_is_served_beside_a_large_one() -> None:
    assert fair_share(100, {"large": 1000, "small": 0}) == {"small": 100}
    assert fair_share(10, {"a": 0, "b": 0, "c": 0}) == {"a": 4, "b": 3, "c": 3}


pools_of = st.dictionaries(st.text(min_size=1, max_size=3), st.sampled_from(["a", "b"]), max_size=12)


@given(
    capacity=st.integers(0, 500),
    held=held_counts,
    caps=caps_of,
    pools=pools_of,
    sizes=st.tuples(st.integers(-5, 100), st.integers(-5, 100)),
)
def test_lanes_of_a_pool_get_what_it_has_left_and_leave_the_rest_to_others(
    capacity: int,
    held: dict[str, int],
    caps: dict[str, int | None],
    pools: dict[str, str],
    sizes: tuple[int, int],
) -> None:
    free = dict(zip("ab", sizes, strict=True))
    given_out = fair_share(capacity, held, caps, pools, free)
    taken = {pool: sum(count for key, count in given_out.items() if pools.get(key) == pool) for pool in free}
    assert all(count == 0 or count <= free[pool] for pool, count in taken.items())
    for key, count in held.items():
        cap, pool = caps.get(key), pools.get(key)
        full = cap is not None and count + given_out.get(key, 0) >= cap
        drained = pool is not None and taken[pool] >= max(0, free[pool])
        assert full or drained or sum(given_out.values()) == capacity


def test_a_lane_that_holds_nothing_takes_the_last_place_of_a_pool() -> None:
    pools = {"posts of the large": "model", "a small one": "model", "pictures": "painter"}
    held = {"posts of the large": 7, "a small one": 0, "pictures": 3}
    assert fair_share(9, held, None, pools, {"model": 1, "painter": 2}) == {"a small one": 1, "pictures": 2}
