"""The type of a picture's file by its first bytes: what providers announce is not always what they send."""

_MAGIC = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


def content_type_of(content: bytes) -> str | None:
    """`image/png`, `image/jpeg`, `image/webp`; None where it is none of these."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((name for magic, name in _MAGIC.items() if content.startswith(magic)), None)
