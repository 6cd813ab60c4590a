"""Pictures of our own bucket, served from the panel, so that pages load nothing from another host."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from fastapi import APIRouter, Response

from ai_worker.errors import NotFound
from ai_worker.llm.images.file_type import content_type_of
from ai_worker.pipelines.worlds import service
from ai_worker.pipelines.worlds.panel.world_values import PICTURES, picture_key
from ai_worker.stores.objects import objects

LARGEST = 20_000_000
"""Bytes of a picture."""
AT_ONCE = 4
_HEADERS = {
    # A page that follows its world shows the same pictures every two seconds.
    "Cache-Control": "private, max-age=300",
    "Vary": "Cookie",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}

reading = APIRouter()


_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="pictures")
"""A bucket that hangs takes no threads from the other pages."""


@reading.get("/{world_id}/jobs/{job_id}/{name}")
async def picture(world_id: str, job_id: str, name: str) -> Response:
    """One picture of a job."""
    loop = asyncio.get_running_loop()
    content, kind = await loop.run_in_executor(_threads, _picture, world_id, job_id, name)
    return Response(content, media_type=kind, headers=_HEADERS)


def _picture(world_id: str, job_id: str, name: str) -> tuple[bytes, str]:
    job = service.repository().jobs.get(job_id)
    key = picture_key(job, name) if name in PICTURES and job and job["world_id"] == world_id else None
    if key is None:
        raise NotFound(f"our bucket has no picture {name} of job {job_id}")
    content = objects().get(key, LARGEST)
    kind = content_type_of(content)
    if kind is None:
        raise NotFound(f"{name} of job {job_id} is no PNG, JPEG or WebP")
    return content, kind
