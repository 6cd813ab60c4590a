"""The bucket, over moto's server and a real S3Proxy."""

from collections.abc import Iterator

import pytest
import requests

from ai_worker.errors import ConfigurationError
from ai_worker.stores.objects import Objects, ObjectsUnavailable, connect
from devtools.ports import free_port
from devtools.servers import maven
from devtools.servers.objects import BUCKET, USER, MotoServer, ObjectServer, S3ProxyServer
from tests.servers import missing

PASSWORD = "only-for-a-test"
SERVERS: dict[str, type[ObjectServer]] = {"moto": MotoServer, "s3proxy": S3ProxyServer}


@pytest.fixture(scope="module", params=list(SERVERS))
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ObjectServer]:
    if request.param == "s3proxy" and not maven.available():
        missing("Java 17 and Maven are not installed")
    folder = tmp_path_factory.mktemp("objects")
    made = SERVERS[request.param](folder / "data", free_port(), folder / "log", password=PASSWORD)
    made.start()
    yield made
    made.kill()


def bucket(server: ObjectServer, name: str = BUCKET, password: str = PASSWORD) -> Objects:
    client = connect(server.address, USER, password, secure=False)
    return Objects(client, name, f"http://{server.address}/{name}")


@pytest.fixture
def objects(server: ObjectServer) -> Objects:
    made = bucket(server)
    made.ensure_bucket()
    made.ensure_bucket()
    return made


@pytest.mark.parametrize("size", [1024, 6 * 1024 * 1024])
def test_what_is_put_comes_back_byte_for_byte(objects: Objects, size: int) -> None:
    """Row 20: with boto3's own checksums some servers keep these inside the object."""
    content = bytes(range(256)) * (size // 256)
    assert objects.put(f"w/c/posts/{size}.png", content, "image/png").endswith(f"/w/c/posts/{size}.png")
    assert objects.get(f"w/c/posts/{size}.png") == content


def test_the_type_is_kept(server: ObjectServer, objects: Objects) -> None:
    objects.put("one.jpg", b"x", "image/jpeg")
    client = connect(server.address, USER, PASSWORD, secure=False)
    assert client.head_object(Bucket=BUCKET, Key="one.jpg")["ContentType"] == "image/jpeg"


def test_a_second_put_replaces(objects: Objects) -> None:
    for content in (b"one", b"two"):
        objects.put("same", content, "image/png")
    assert objects.get("same") == b"two"


def test_a_presigned_address_takes_one_put(server: ObjectServer, objects: Objects) -> None:
    client = connect(server.address, USER, PASSWORD, secure=False)
    told = {"Bucket": BUCKET, "Key": "signed", "ContentType": "image/png"}
    address = client.generate_presigned_url("put_object", Params=told, ExpiresIn=60)
    answered = requests.put(address, b"signed", headers={"Content-Type": "image/png"}, timeout=10)
    assert answered.status_code == 200
    assert objects.get("signed") == b"signed"


def test_a_bucket_that_is_missing_is_named(server: ObjectServer) -> None:
    with pytest.raises(ConfigurationError, match="MINIO_BUCKET"):
        bucket(server, "never-made").put("x", b"x", "image/png")


def test_a_server_that_is_away() -> None:
    client = connect(f"127.0.0.1:{free_port()}", USER, PASSWORD, secure=False)
    with pytest.raises(ObjectsUnavailable):
        Objects(client, BUCKET, "").put("x", b"x", "image/png")
