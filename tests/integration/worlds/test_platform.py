"""Both bindings against the platform's double: one contract, and what is the business of one alone."""

import json
from collections.abc import Callable

import pytest
import requests

from ai_worker.errors import ConfigurationError
from ai_worker.pipelines.worlds.platform.bindings import with_bucket
from ai_worker.pipelines.worlds.platform.errors import (
    CannotLookUp,
    NotAllowed,
    NotSent,
    OutcomeUnknown,
    PlatformError,
    Rejected,
    TicketExpired,
    Unavailable,
)
from ai_worker.pipelines.worlds.platform.gateway import Gateway, GatewaySettings
from ai_worker.pipelines.worlds.platform.grpc_binding.addresses import Addresses
from ai_worker.pipelines.worlds.platform.grpc_binding.client import GrpcPlatform, GrpcSettings
from ai_worker.pipelines.worlds.platform.media import BucketMedia
from ai_worker.pipelines.worlds.platform.port import (
    Media,
    MediaType,
    NewCharacter,
    NewMedium,
    NewPost,
    Platform,
    Ticket,
)
from devtools.ports import free_port
from tests.worlds.double import Double

ARIA = NewCharacter("w", "aria", "Aria", "bio", {"bio": "bio", "username": "aria", "interests": ["tea"]})


def medium(kind: MediaType, character_id: str = "") -> NewMedium:
    return NewMedium("w", f"file_{kind}.png", kind, character_id, "image/png")


def uploaded(platform: Platform, kind: MediaType, character_id: str = "") -> Media:
    ticket = platform.new_medium(medium(kind, character_id), 3, "k")
    return platform.upload(ticket, b"png", "image/png")


def test_the_whole_life_of_a_character(bound: Platform, double: Double) -> None:
    character = bound.create_character(ARIA, "j1")
    avatar = uploaded(bound, MediaType.CHARACTER_AVATAR, character)
    bound.set_avatar("w", character, "aria", avatar, "j2")
    bound.set_avatar("w", character, "aria", avatar, "j2")
    header, icon = uploaded(bound, MediaType.WORLD_HEADER), uploaded(bound, MediaType.WORLD_ICON)
    bound.set_world_pictures("w", header, icon, "j3")
    picture = uploaded(bound, MediaType.POST_IMAGE, character)
    post = NewPost("w", character, "hello", picture.media_id, ["one"])
    assert bound.find_post(post, "j4") is None
    created = bound.create_post(post, "j4")
    assert bound.find_post(post, "j4") == created
    assert double.memory.characters[character].avatar
    assert double.memory.worlds["w"]["icon"]
    assert [one.caption for one in double.memory.posts.values()] == ["hello"]


def test_an_upload_may_be_repeated(bound: Platform, double: Double) -> None:
    ticket = bound.new_medium(medium(MediaType.WORLD_ICON), 3, "k")
    one, other = (bound.upload(ticket, content, "image/png") for content in (b"one", b"two"))
    assert one == other
    assert len(double.memory.media) == 1


def test_foreign_media_are_refused(bound: Platform) -> None:
    one = bound.create_character(ARIA, "j1")
    other = bound.create_character(NewCharacter("w", "bo", "Bo", "b", {"username": "bo"}), "j2")
    picture = uploaded(bound, MediaType.POST_IMAGE, other)
    with pytest.raises(PlatformError) as caught:
        bound.create_post(NewPost("w", one, "x", picture.media_id, []), "j3")
    assert caught.value.outcome_known


@pytest.mark.parametrize(
    ("fault", "kind", "known"),
    [
        ("500_before", OutcomeUnknown, False),
        ("500_after", OutcomeUnknown, False),
        ("drop_before", OutcomeUnknown, False),
        ("drop_after", OutcomeUnknown, False),
        ("503_before", Unavailable, True),
        ("401", NotAllowed, True),
    ],
)
def test_what_a_fault_says_about_the_outcome(
    bound: Platform, double: Double, fault: str, kind: type[PlatformError], known: bool
) -> None:
    double.tell({"call": "create_character", "times": 1, "fault": fault})
    with pytest.raises(kind) as caught:
        bound.create_character(ARIA, "j")
    assert caught.value.outcome_known is known
    assert len(double.memory.characters) == (1 if fault.endswith("after") else 0)


@pytest.mark.parametrize(
    "make",
    [
        lambda port: Gateway(GatewaySettings(f"http://127.0.0.1:{port}", seconds=2)),
        lambda port: GrpcPlatform(
            GrpcSettings(Addresses({"character-service": f"127.0.0.1:{port}"}, ""), seconds=5)
        ),
    ],
)
def test_no_connection_means_that_nothing_was_sent(make: Callable[[int], Platform]) -> None:
    with pytest.raises(NotSent) as caught:
        make(free_port()).create_character(ARIA, "j")
    assert caught.value.outcome_known and caught.value.outage


def test_409_with_an_id_is_our_own_record(gateway: Gateway, double: Double) -> None:
    double.tell({"call": "create_character", "times": 1, "fault": "409"})
    assert gateway.create_character(ARIA, "j") in double.memory.characters


def test_creating_a_user_gets_one_that_exists(gateway: Gateway, double: Double) -> None:
    assert gateway.create_character(ARIA, "j") == gateway.create_character(ARIA, "j")
    assert len(double.memory.characters) == 1


def test_a_key_that_is_honoured_makes_one_post(double: Double) -> None:
    gateway = Gateway(GatewaySettings(double.url, honours_keys=True))
    double.tell(honours_keys=True)
    character = gateway.create_character(ARIA, "j")
    post = NewPost("w", character, "hello", "", [])
    assert gateway.create_post(post, "p") == gateway.create_post(post, "p")
    assert len(double.memory.posts) == 1


def test_the_token_is_sent_and_its_lack_named(double: Double) -> None:
    double.tell(token="secret-token")
    assert Gateway(GatewaySettings(double.url, token="secret-token")).create_character(ARIA, "j")
    with pytest.raises(NotAllowed, match="PLATFORM_TOKEN") as caught:
        Gateway(GatewaySettings(double.url, token="wrong-token")).create_character(ARIA, "j")
    assert "wrong-token" not in str(caught.value)


def test_a_post_without_picture_by_its_text(gateway: Gateway) -> None:
    character = gateway.create_character(ARIA, "j")
    post = NewPost("w", character, "only words", "", [])
    created = gateway.create_post(post, "p")
    assert gateway.find_post(post, "p") == created


def test_a_gateway_without_a_look_up_says_so(double: Double) -> None:
    gateway = Gateway(GatewaySettings(double.url, paths={"find_post": ""}))
    with pytest.raises(CannotLookUp, match="find_post"):
        gateway.find_post(NewPost("w", "c", "x", "", []), "p")


def test_a_gateway_without_address_is_named() -> None:
    with pytest.raises(ConfigurationError, match="API_GATEWAY_URL"):
        Gateway(GatewaySettings(""))


def test_the_services_want_a_picture(services: GrpcPlatform) -> None:
    character = services.create_character(ARIA, "j")
    with pytest.raises(Rejected, match="media_id"):
        services.create_post(NewPost("w", character, "x", "", []), "p")


def test_a_character_of_the_services_cannot_be_looked_up(services: GrpcPlatform) -> None:
    with pytest.raises(CannotLookUp):
        services.find_character(ARIA, "j")


def test_a_post_is_found_among_many(services: GrpcPlatform, double: Double) -> None:
    character = services.create_character(ARIA, "j")
    posts = []
    for number in range(120):
        picture = uploaded(services, MediaType.POST_IMAGE, character)
        posts.append(NewPost("w", character, f"p{number}", picture.media_id, []))
        services.create_post(posts[-1], "p")
    assert services.find_post(posts[-1], "p") == list(double.memory.posts)[-1]


def test_a_service_that_consul_does_not_know() -> None:
    with pytest.raises(ConfigurationError, match="CONSUL_ADDRESS"):
        Addresses({}, "").of("post-service")


def test_consul_knows_no_healthy_instance(double: Double) -> None:
    double.http.grpc_port = 0
    with pytest.raises(NotSent, match="post-service"):
        Addresses({}, double.url.removeprefix("http://")).of("post-service")


def test_an_address_that_cannot_be_reached_is_named(gateway: Gateway) -> None:
    """Row 21: presigned for a host that only the platform's own network knows."""
    with pytest.raises(NotSent, match=r"127\.0\.0\.1:1, .*MINIO_ENDPOINT"):
        gateway.upload(Ticket("m", "http://127.0.0.1:1/bucket/key?signature=1"), b"x", "image/png")


def test_the_type_of_an_upload_is_part_of_its_signature(gateway: Gateway) -> None:
    ticket = gateway.new_medium(medium(MediaType.WORLD_ICON), 3, "k")
    with pytest.raises(TicketExpired):
        gateway.upload(ticket, b"x", "image/jpeg")


class Bucket:
    """A bucket in memory, with the one method that media need."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, key: str, content: bytes, content_type: str) -> str:
        self.kept[key] = content
        return f"http://bucket/{key}"


def test_media_straight_into_the_bucket(gateway: Gateway, double: Double) -> None:
    bucket = Bucket()
    platform = with_bucket(gateway, BucketMedia(bucket))  # type: ignore[arg-type]
    media = uploaded(platform, MediaType.POST_IMAGE, "c")
    assert list(bucket.kept) == [media.media_id] == ["w/c/posts/file_4.png"]
    assert double.memory.media == {}


def test_control_shows_what_the_double_holds(double: Double, gateway: Gateway) -> None:
    gateway.create_character(ARIA, "j")
    shown = requests.get(f"{double.url}/control", timeout=5).json()
    assert shown["characters"][0]["username"] == "aria"
    assert requests.put(f"{double.url}/control", json={"faults": ["bread"]}, timeout=5).status_code == 400
    requests.delete(f"{double.url}/control", timeout=5)
    assert double.memory.characters == {}
    assert json.dumps(shown)
