"""A response is read the same however it is cut into pieces, and what is no whole response is never taken for
one.
"""

import socket
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai_worker.outbound.errors import BadAnswer
from ai_worker.outbound.http.response import RESPONSE_LIMIT, BrokenResponse, Response, read_response

OK = b"HTTP/1.1 200 OK\r\n"
MEASURED = OK + b"Content-Length: 3\r\nX-Name: \xc5\xbc \r\n\r\nabc"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
ENDLESS = OK + b"\r\nabc"
EARLY = b"HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + MEASURED


class Pieces(socket.socket):
    """A connection on which these arrive one by one before it is closed."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        super().__init__()
        self.pieces = [piece for piece in pieces if piece]

    def recv(self, size: int, flags: int = 0) -> bytes:
        return self.pieces.pop(0) if self.pieces else b""


def read(*pieces: bytes) -> Response:
    with Pieces(pieces) as connection:
        return read_response(connection)


@given(raw=st.sampled_from([MEASURED, CHUNKED, ENDLESS, EARLY]), cuts=st.lists(st.integers(0, 200)))
def test_the_same_in_any_pieces(raw: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(raw)]
    assert read(*(raw[start:end] for start, end in pairwise(places))) == read(raw)


@given(raw=st.sampled_from([MEASURED, CHUNKED, EARLY]), data=st.data())
def test_a_cut_off_response_is_noticed(raw: bytes, data: st.DataObject) -> None:
    end = data.draw(st.integers(0, len(raw) - 1))
    with pytest.raises(BrokenResponse, match="closed before"):
        read(raw[:end])


def test_what_is_known_of_a_response() -> None:
    assert read(MEASURED) == Response(
        200, {"content-length": "3", "x-name": "Å¼"}, b"abc", framed=True, reusable=True
    )
    assert read(CHUNKED) == Response(
        200, {"transfer-encoding": "chunked"}, b"abcde", framed=True, reusable=True
    )
    assert read(ENDLESS) == Response(200, {}, b"abc", framed=False, reusable=False)
    assert read(EARLY) == read(MEASURED)
    assert read(b"HTTP/1.1 204 No Content\r\n\r\n").content == b""


@pytest.mark.parametrize(
    "raw",
    [
        MEASURED + b"surplus",
        MEASURED + MEASURED,
        b"HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc",
        OK + b"Connection: close\r\nContent-Length: 3\r\n\r\nabc",
        OK + b"Connection: close\r\nContent-Length: 3\r\n\r\nabcsurplus",
    ],
)
def test_a_connection_that_carries_no_other_request(raw: bytes) -> None:
    response = read(raw)
    assert response.content == b"abc" and not response.reusable


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    ],
)
def test_what_is_not_http(raw: bytes) -> None:
    with pytest.raises(BrokenResponse, match="not HTTP"):
        read(raw)


def test_an_answer_without_end_is_read_no_further() -> None:
    pieces = Pieces([OK + b"\r\n", *[b"x" * 65536] * (2 * RESPONSE_LIMIT // 65536)])
    with pieces, pytest.raises(BadAnswer, match="longer than"):
        read_response(pieces)
    assert len(pieces.pieces) >= RESPONSE_LIMIT // 65536
