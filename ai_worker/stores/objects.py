"""An S3 bucket: objects put whole, under keys that tell what they are, so that a repeated put replaces and
never doubles.

S3-compatible servers refuse the checksums that boto3 adds by itself since 1.36, or store them inside the
object: they are added only where the operation requires them. boto3 is imported at the first use. Its
client may be shared by threads and greenlets.
"""

import os
from contextlib import closing
from functools import lru_cache
from typing import TYPE_CHECKING

from ai_worker.errors import ConfigurationError, NotFound, StoreUnavailable
from ai_worker.settings import settings

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

CONNECT_SECONDS = 5
READ_SECONDS = 60
REGION = "us-east-1"


class ObjectsUnavailable(StoreUnavailable):
    """The S3 server does not answer, or not with success."""

    error_class = "objects_unavailable"


class Objects:
    """One bucket.

    Args:
        client: of boto3.
        public_url: the address of the bucket's objects as readers see them.
    """

    def __init__(self, client: "S3Client", bucket: str, public_url: str) -> None:
        self._client = client
        self._bucket = bucket
        self._public_url = public_url.rstrip("/")

    def put(self, key: str, content: bytes, content_type: str) -> str:
        """Store an object, or replace it, and return its address.

        Raises:
            ObjectsUnavailable: the server does not answer, or is at fault.
            ConfigurationError: the bucket is missing, or the key is refused.
        """
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - twenty megabytes that few rows need

        try:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=content, ContentType=content_type)
        except ClientError as fault:
            status = fault.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            code = fault.response.get("Error", {}).get("Code", "")
            if status in (401, 403, 404):
                raise ConfigurationError(
                    f"the bucket {self._bucket} refuses objects ({status} {code}); "
                    "check MINIO_BUCKET, MINIO_ACCESS_KEY and MINIO_SECRET_KEY"
                ) from None
            raise ObjectsUnavailable(f"the S3 server answered {status} {code}") from None
        except BotoCoreError as fault:
            raise ObjectsUnavailable(f"the S3 server does not answer ({type(fault).__name__})") from None
        return self.url(key)

    def get(self, key: str, largest: int | None = None) -> bytes:
        """The content of an object.

        Args:
            largest: bytes; of a larger object nothing is read.

        Raises:
            ObjectsUnavailable: the server does not answer, or is at fault.
            NotFound: there is no such object, or it is too large.
        """
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            found = self._client.get_object(Bucket=self._bucket, Key=key)
            with closing(found["Body"]) as body:
                if largest is not None and found["ContentLength"] > largest:
                    raise NotFound(f"the object has {found['ContentLength']} bytes, more than {largest}")
                return body.read()
        except ClientError as fault:
            status = fault.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if status == 404:
                raise NotFound(f"the bucket {self._bucket} has no such object") from None
            raise ObjectsUnavailable(f"the S3 server answered {status}") from None
        except BotoCoreError as fault:
            raise ObjectsUnavailable(f"the S3 server does not answer ({type(fault).__name__})") from None

    def ensure_bucket(self) -> None:
        """Create the bucket where it is missing."""
        from botocore.exceptions import ClientError  # noqa: PLC0415

        try:
            self._client.head_bucket(Bucket=self._bucket)
        except ClientError:
            self._client.create_bucket(Bucket=self._bucket)

    def url(self, key: str) -> str:
        """The address of an object."""
        return f"{self._public_url}/{key}"


def connect(endpoint: str, access_key: str, secret_key: str, *, secure: bool) -> "S3Client":
    """A client of an S3 server.

    Args:
        endpoint: host and port.
    """
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    configuration = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "max_attempts": 2},
        max_pool_connections=50,
    )
    return boto3.session.Session().client(
        "s3",
        endpoint_url=f"{'https' if secure else 'http'}://{endpoint}",
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        region_name=REGION,
        config=configuration,
    )


@lru_cache(maxsize=1)
def _objects_of(process: int) -> Objects:
    told = settings()
    if not told.minio_endpoint:
        raise ConfigurationError("MINIO_ENDPOINT is not set: host:port of the S3 server")
    secret = told.minio_secret_key.get_secret_value()
    client = connect(told.minio_endpoint, told.minio_access_key, secret, secure=told.minio_use_ssl)
    return Objects(client, told.minio_bucket, _public_url())


def _public_url() -> str:
    told = settings()
    scheme = "https" if told.minio_use_ssl else "http"
    return told.minio_public_url or f"{scheme}://{told.minio_endpoint}/{told.minio_bucket}"


def key_of(address: str) -> str | None:
    """The key of an object of the settings' bucket by its address; None where the address is another's."""
    base = f"{_public_url().rstrip('/')}/"
    return address.removeprefix(base) if settings().minio_endpoint and address.startswith(base) else None


def objects() -> Objects:
    """The bucket of the settings; a forked child makes its own client."""
    return _objects_of(os.getpid())
