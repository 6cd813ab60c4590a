"""A picture drawn from the digest of its prompt: two colours, a few shapes. The same prompt gives the same
pixels.

It draws no letters, since the font that Pillow brings has Latin ones only.
"""

import hashlib
import io
from colorsys import hsv_to_rgb

from PIL import Image, ImageDraw, ImageOps

from ai_worker.llm.images.picture import Picture, PictureRequest

_SHAPES = 7
_BYTES_PER_SHAPE = 6


def placeholder(request: PictureRequest, reason: str) -> Picture:
    """Draw the picture.

    Args:
        reason: why no model painted it, e.g. `refused`.
    """
    digest = hashlib.blake2b(request.prompt.encode("utf-8", "surrogatepass"), digest_size=64).digest()
    canvas = _gradient(digest, request.width, request.height)
    _draw_shapes(canvas, digest)
    file = io.BytesIO()
    canvas.save(file, "PNG")
    return Picture(
        file.getvalue(), "image/png", request.width, request.height, placeholder=reason, model="placeholder"
    )


def _gradient(digest: bytes, width: int, height: int) -> Image.Image:
    ramp = Image.linear_gradient("L").rotate(45 * (digest[0] % 8), resample=Image.Resampling.BILINEAR)
    ramp = ramp.crop((64, 64, 192, 192)).resize((width, height), Image.Resampling.BILINEAR)
    return ImageOps.colorize(ramp, _colour(digest[1], 0.55, 0.35), _colour(digest[1] + 40, 0.45, 0.95))


def _draw_shapes(canvas: Image.Image, digest: bytes) -> None:
    draw = ImageDraw.Draw(canvas, "RGBA")
    for number in range(_SHAPES):
        kind, hue, x, y, size, alpha = digest[2 + number * _BYTES_PER_SHAPE :][:_BYTES_PER_SHAPE]
        radius = max(1, int((0.06 + 0.22 * size / 255) * min(canvas.size)))
        left, top = int(canvas.width * x / 255), int(canvas.height * y / 255)
        colour = (*_colour(hue, 0.6, 0.9), 60 + alpha // 3)
        if kind % 3 == 0:
            draw.ellipse((left - radius, top - radius, left + radius, top + radius), fill=colour)
        else:
            draw.regular_polygon((left, top, radius), n_sides=3 + kind % 5, rotation=kind, fill=colour)


def _colour(hue: int, saturation: float, value: float) -> tuple[int, int, int]:
    red, green, blue = hsv_to_rgb((hue % 256) / 256, saturation, value)
    return int(red * 255), int(green * 255), int(blue * 255)
