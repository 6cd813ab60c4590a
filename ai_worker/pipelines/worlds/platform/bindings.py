"""The platform that the settings choose."""

import os
from functools import lru_cache

from ai_worker.errors import ConfigurationError
from ai_worker.pipelines.worlds.platform.gateway import Gateway, GatewaySettings
from ai_worker.pipelines.worlds.platform.media import BucketMedia
from ai_worker.pipelines.worlds.platform.port import Media, NewMedium, Platform, Ticket
from ai_worker.settings import settings
from ai_worker.stores.objects import objects


def platform() -> Platform:
    """The platform of this process; a forked child makes its own.

    Raises:
        ConfigurationError: an address is missing, or PLATFORM=grpc without its packages.
    """
    return _platform_of(os.getpid())


@lru_cache(maxsize=1)
def _platform_of(process: int) -> Platform:
    bound = _grpc() if settings().platform == "grpc" else _gateway()
    return with_bucket(bound, BucketMedia(objects())) if settings().minio_endpoint else bound


def _gateway() -> Platform:
    told = settings()
    return Gateway(
        GatewaySettings(
            url=told.api_gateway_url,
            token=told.platform_token.get_secret_value(),
            paths=told.platform_paths,
            honours_keys=told.platform_honours_keys,
            needs_pictures=told.platform_needs_pictures,
            seconds=told.platform_seconds,
        )
    )


def _grpc() -> Platform:
    try:
        from ai_worker.pipelines.worlds.platform.grpc_binding.addresses import (  # noqa: PLC0415
            Addresses,
        )
        from ai_worker.pipelines.worlds.platform.grpc_binding.client import (  # noqa: PLC0415
            GrpcPlatform,
            GrpcSettings,
        )
    except ImportError as fault:
        raise ConfigurationError(
            f"PLATFORM=grpc needs packages that are not installed ({fault.name}): "
            'pip install "ai-worker[grpc]"'
        ) from None
    told = settings()
    addresses = Addresses(told.grpc_addresses, told.consul_address)
    return GrpcPlatform(
        GrpcSettings(addresses, told.platform_token.get_secret_value(), told.platform_seconds)
    )


def with_bucket(bound: Platform, media: BucketMedia) -> Platform:
    """The same platform, its media put straight into the bucket."""
    return _WithBucket(bound, media)


class _WithBucket:
    """A platform of which only the media are our own business."""

    def __init__(self, bound: Platform, media: BucketMedia) -> None:
        self._media = media
        self.takes_posts_without_picture = bound.takes_posts_without_picture
        self.honours_keys = bound.honours_keys
        self.gets_or_creates_characters = bound.gets_or_creates_characters
        self.create_character = bound.create_character
        self.find_character = bound.find_character
        self.set_avatar = bound.set_avatar
        self.set_world_pictures = bound.set_world_pictures
        self.create_post = bound.create_post
        self.find_post = bound.find_post

    def new_medium(self, medium: NewMedium, size: int, key: str) -> Ticket:
        return self._media.new_medium(medium)

    def upload(self, ticket: Ticket, content: bytes, content_type: str) -> Media:
        return self._media.upload(ticket, content, content_type)
