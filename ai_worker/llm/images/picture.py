"""A picture, and what is asked for."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """One picture wanted.

    Args:
        width, height: in pixels; what comes in another shape is cropped in the middle and scaled.
    """

    prompt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the size that was asked for.

    Args:
        content: the file.
        content_type: by the content, e.g. `image/png`.
        placeholder: why it was drawn instead of painted; empty where a model painted it.
        cost: in the currency of the price table; None without a price.
    """

    content: bytes
    content_type: str
    width: int
    height: int
    placeholder: str = ""
    model: str = ""
    cost: Decimal | None = None

    @property
    def extension(self) -> str:
        """The end of a file name for it."""
        return EXTENSIONS[self.content_type]


EXTENSIONS = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}
