"""A painted picture, cut to the size that was asked for: models paint in a few shapes of their own."""

import io

from PIL import Image, ImageOps

from ai_worker.llm.images.file_type import content_type_of
from ai_worker.outbound.errors import BadAnswer

LARGEST_PIXELS = 64_000_000
"""A picture of more is not decoded: a small file may unfold into gigabytes."""
_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}


def fitted(content: bytes, width: int, height: int) -> tuple[bytes, str]:
    """The picture cropped in the middle and scaled, in its own file type, and that type.

    Raises:
        BadAnswer: the bytes are no picture.
    """
    content_type = content_type_of(content)
    if content_type is None:
        raise BadAnswer(f"the picture is neither PNG, JPEG nor WebP ({len(content)} bytes)")
    try:
        with Image.open(io.BytesIO(content), formats=[_FORMATS[content_type]]) as picture:
            if picture.width * picture.height > LARGEST_PIXELS:
                raise BadAnswer(f"the picture is too large: {picture.width} x {picture.height} pixels")
            if picture.size == (width, height) and content_type == "image/png":
                # Each of its parts names its own checksum: a broken file is found without unfolding it.
                picture.verify()
                return content, content_type
            picture.load()
            if picture.size == (width, height):
                return content, content_type
            return _encoded(ImageOps.fit(picture, (width, height)), content_type), content_type
    except (OSError, SyntaxError, ValueError) as fault:
        raise BadAnswer(f"the picture cannot be decoded ({type(fault).__name__})") from None


def _encoded(picture: Image.Image, content_type: str) -> bytes:
    file = io.BytesIO()
    if content_type == "image/jpeg":
        picture.convert("RGB").save(file, "JPEG", quality=92)
    else:
        picture.save(file, _FORMATS[content_type])
    return file.getvalue()
