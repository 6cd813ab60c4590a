import io

import pytest
from hypothesis import given
from hypothesis import settings as rounds
from hypothesis import strategies as st
from PIL import Image

from ai_worker.llm.images import fitting
from ai_worker.llm.images.file_type import content_type_of
from ai_worker.llm.images.fitting import fitted
from ai_worker.llm.images.gemini import nearest_ratio
from ai_worker.llm.images.openai import nearest_size
from ai_worker.llm.images.picture import PictureRequest
from ai_worker.llm.images.placeholder import placeholder
from ai_worker.outbound.errors import BadAnswer
from tests.worlds.image_service import picture


def pixels(content: bytes) -> bytes:
    return Image.open(io.BytesIO(content)).convert("RGB").tobytes()


@rounds(max_examples=25)
@given(st.text(max_size=200), st.integers(1, 90), st.integers(1, 90))
def test_a_placeholder_is_the_same_for_the_same_prompt(prompt: str, width: int, height: int) -> None:
    one, other = (placeholder(PictureRequest(prompt, width, height), "r") for _ in range(2))
    assert pixels(one.content) == pixels(other.content)
    assert Image.open(io.BytesIO(one.content)).size == (width, height)
    assert content_type_of(one.content) == one.content_type == "image/png"


def test_placeholders_differ() -> None:
    found = {pixels(placeholder(PictureRequest(f"p{n}", 64, 64), "r").content) for n in range(20)}
    assert len(found) == 20


def test_the_middle_is_kept() -> None:
    wide = Image.new("RGB", (300, 100), "black")
    wide.paste("white", (100, 0, 200, 100))
    file = io.BytesIO()
    wide.save(file, "PNG")
    content, kind = fitted(file.getvalue(), 50, 50)
    assert kind == "image/png"
    low, high = Image.open(io.BytesIO(content)).convert("L").getextrema()
    assert isinstance(low, int) and (low, high) > (200, 254)


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n broken", b"\xff\xd8\xff", b"RIFF0000WEBPx"]
)
def test_what_is_no_picture_is_a_bad_answer(content: bytes) -> None:
    with pytest.raises(BadAnswer):
        fitted(content, 10, 10)


def test_a_picture_that_unfolds_without_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "LARGEST_PIXELS", 1000)
    with pytest.raises(BadAnswer, match="too large"):
        fitted(picture(size=(100, 100)), 10, 10)


def test_the_nearest_shapes() -> None:
    assert [nearest_ratio(*size) for size in ((1024, 512), (512, 512), (512, 1024))] == [
        "16:9",
        "1:1",
        "9:16",
    ]
    assert [nearest_size(*size) for size in ((1024, 512), (512, 512), (512, 1024))] == [
        "1536x1024",
        "1024x1024",
        "1024x1536",
    ]
