"""A chunk of a document, as a knowledge base lists it."""

import hashlib
import re
from dataclasses import dataclass

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document that a retrieval system finds as a whole.

    Args:
        file_id, chunk_id: the knowledge base's own ids, as text.
        file_name: with its folders, as the knowledge base names it.
        headers: the path of headings above the chunk; empty where the knowledge base knows none.
        text: the body.
        image_text: descriptions of the chunk's images, made by a vision model.
        summary: stands in for an empty body.
        seed_question: a question that the knowledge base stores with the chunk.
        keywords: stand in for everything else.
    """

    file_id: str
    chunk_id: str
    text: str
    file_name: str = ""
    headers: str = ""
    image_text: str = ""
    summary: str = ""
    seed_question: str = ""
    keywords: str = ""

    @property
    def content_hash(self) -> str:
        """SHA-256 of what a question is about, white space apart: equal chunks are equally good finds."""
        return hashlib.sha256(
            _SPACE.sub(" ", asked_about(self, multimodal=False)).strip().encode()
        ).hexdigest()


def asked_about(chunk: Chunk, multimodal: bool) -> str:
    """The text to write questions about: the body, else the first of the other texts that is not empty.

    Headings alone are no text: whatever were asked about them, the chunk could not answer it.

    Args:
        multimodal: whether descriptions of images may stand in for a missing body.
    """
    substitutes = [chunk.summary, chunk.seed_question, chunk.image_text if multimodal else "", chunk.keywords]
    return next((text.strip() for text in [chunk.text, *substitutes] if text.strip()), "")
