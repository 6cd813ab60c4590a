"""Calls to the platform repeated within an attempt, against the platform's double."""

from typing import Any

import pytest

from ai_worker.pipelines.worlds.platform.errors import NotAllowed, OutcomeUnknown, PlatformError, Unavailable
from ai_worker.pipelines.worlds.platform.gateway import Gateway, GatewaySettings
from ai_worker.pipelines.worlds.platform.patient import TRIES, PatientPlatform
from ai_worker.pipelines.worlds.platform.port import MediaType, NewCharacter, NewMedium, NewPost, Platform
from tests.worlds.double import Double

ARIA = NewCharacter("w", "aria", "Aria", "bio", {"bio": "bio", "username": "aria"})
ICON = NewMedium("w", "icon.png", MediaType.WORLD_ICON, "", "image/png")


class Patience:
    """A platform whose pauses are noted instead of waited for."""

    def __init__(self, bound: Platform) -> None:
        self.pauses: list[float] = []
        self.platform = PatientPlatform(bound, self.pauses.append)


@pytest.mark.parametrize("fault", ["500_before", "503_before", "drop_before", "500_after", "drop_after"])
def test_a_blip_costs_no_attempt(bound: Platform, double: Double, fault: str) -> None:
    told = Patience(bound)
    double.tell({"call": "upload_url", "times": TRIES - 1, "fault": fault})
    ticket = told.platform.new_medium(ICON, 3, "k")
    double.tell({"call": "confirm", "times": TRIES - 1, "fault": fault})
    assert told.platform.upload(ticket, b"png", "image/png").media_id
    assert len(told.pauses) == 2 * (TRIES - 1)


def test_a_post_whose_outcome_is_unknown_is_not_sent_again(bound: Platform, double: Double) -> None:
    told = Patience(bound)
    character = bound.create_character(ARIA, "j")
    media = bound.upload(
        bound.new_medium(NewMedium("w", "p.png", MediaType.POST_IMAGE, character, "image/png"), 3, "k"),
        b"png",
        "image/png",
    )
    double.tell({"call": "create_post", "times": 1, "fault": "drop_after"})
    with pytest.raises(OutcomeUnknown):
        told.platform.create_post(NewPost("w", character, "hello", media.media_id, []), "p")
    assert (len(double.memory.posts), told.pauses) == (1, [])


def test_a_key_that_is_honoured_lets_a_post_be_sent_again(double: Double) -> None:
    told = Patience(Gateway(GatewaySettings(double.url, honours_keys=True)))
    double.tell({"call": "create_post", "times": 1, "fault": "drop_after"}, honours_keys=True)
    character = told.platform.create_character(ARIA, "j")
    assert told.platform.create_post(NewPost("w", character, "hello", "", []), "p") in double.memory.posts
    assert len(double.memory.posts) == 1


def test_a_character_is_sent_again_only_where_its_name_brings_the_same(
    gateway: Platform, services: Platform, double: Double
) -> None:
    double.tell({"call": "create_character", "times": 1, "fault": "drop_after"})
    assert Patience(gateway).platform.create_character(ARIA, "j") in double.memory.characters
    assert len(double.memory.characters) == 1
    double.tell({"call": "create_character", "times": 1, "fault": "drop_after"})
    with pytest.raises(OutcomeUnknown):
        Patience(services).platform.create_character(ARIA, "j")


@pytest.mark.parametrize(("fault", "kind"), [("503_before", Unavailable), ("401", NotAllowed)])
def test_a_platform_that_is_away_costs_no_attempt(
    bound: Platform, double: Double, fault: str, kind: type[PlatformError]
) -> None:
    """Defect 11: the row waits, and comes again with all its attempts."""
    told = Patience(bound)
    double.tell({"call": "create_character", "times": 99, "fault": fault})
    with pytest.raises(kind) as caught:
        told.platform.create_character(ARIA, "j")
    assert not caught.value.uses_attempt and caught.value.outage
    assert (caught.value.retry_after or 0) > 0
    assert len(told.pauses) == (0 if kind is NotAllowed else TRIES - 1)


def test_a_long_pause_that_the_platform_names_is_not_waited_for_in_the_job() -> None:
    class Busy:
        takes_posts_without_picture = honours_keys = gets_or_creates_characters = True

        def create_character(self, *_: Any) -> str:
            raise Unavailable("busy", retry_after=60)

    bound: Any = Busy()
    told = Patience(bound)
    with pytest.raises(Unavailable) as caught:
        told.platform.create_character(ARIA, "j")
    assert (caught.value.retry_after, told.pauses) == (60, [])
