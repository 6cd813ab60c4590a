"""The pages of signing in and out."""

import asyncio
import logging
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool

from ai_worker.kit.panel import Page, redirect
from ai_worker.web.keys import Keys
from ai_worker.web.rate_limit import RateLimit
from ai_worker.web.sessions.same_origin import comes_from_here
from ai_worker.web.sessions.session import COOKIE, Sessions

log = logging.getLogger(__name__)

SIGN_IN = "/panel/sign-in"
TRIES_PER_MINUTE = 10
WRONG_KEY_SECONDS = 0.5
HOME = "/panel"

signing = APIRouter(include_in_schema=False)


@signing.get(SIGN_IN)
def form(request: Request, next_page: str = HOME) -> Response:
    """The form."""
    sessions: Sessions = request.app.state.sessions
    if not sessions.wanted or sessions.of(request.headers):
        return redirect(_inside(next_page))
    return Page("sign_in.html", {"next_page": _inside(next_page), "problem": ""})


@signing.post(SIGN_IN)
async def sign_in(
    request: Request, key: Annotated[str, Form(max_length=1000)], next_page: Annotated[str, Form()] = HOME
) -> Response:
    """Exchange a key for a session."""
    if not comes_from_here(request.headers):
        raise HTTPException(403, "this form was sent by a page of another site")
    address = request.client.host if request.client else "unknown"
    limit: RateLimit = request.app.state.sign_in_limit
    seconds = await run_in_threadpool(limit.refusal, f"sign-in:{address}")
    values = {"next_page": _inside(next_page)}
    if seconds is not None:
        log.warning("[Panel] too many tries to sign in from %s: refused for %d s", address, seconds)
        tell = f"Too many tries. Try again in {seconds} seconds."
        return Page("sign_in.html", {**values, "problem": tell}, 429)
    keys: Keys = request.app.state.keys
    client = keys.client(key.strip())
    if client is None:
        # Not a wait for anything: it makes guessing slow beside what the limit allows.
        await asyncio.sleep(WRONG_KEY_SECONDS)
        log.warning("[Panel] a wrong key was sent from %s", address)
        return Page("sign_in.html", {**values, "problem": "No client has this key."}, 403)
    sessions: Sessions = request.app.state.sessions
    answer = redirect(_inside(next_page))
    answer.set_cookie(
        COOKIE,
        sessions.cookie_of(client),
        max_age=sessions.seconds,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    request.state.client = client
    log.info("[Panel] %s signed in from %s", client.name, address)
    return answer


@signing.post("/panel/sign-out")
def sign_out(request: Request) -> Response:
    """End the session of this browser."""
    if not comes_from_here(request.headers):
        raise HTTPException(403, "this form was sent by a page of another site")
    answer = redirect(SIGN_IN)
    answer.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return answer


def _inside(path: str) -> str:
    """A path of ours: never another site's address."""
    inside = (
        path.startswith("/")
        and not path.startswith(("//", "/\\"))
        and path.isprintable()
        and "\\" not in path
    )
    return path if inside else HOME
