"""A platform's double and a database for each test."""

from collections.abc import Callable, Iterator

import pytest

from ai_worker.pipelines.worlds.platform.gateway import Gateway, GatewaySettings
from ai_worker.pipelines.worlds.platform.grpc_binding.addresses import Addresses
from ai_worker.pipelines.worlds.platform.grpc_binding.client import GrpcPlatform, GrpcSettings
from ai_worker.pipelines.worlds.platform.port import Platform
from tests.integration.worlds.harness import Bench
from tests.worlds.double import Double, running

MakeBench = Callable[[Platform], Bench]


@pytest.fixture
def double() -> Iterator[Double]:
    with running() as one:
        yield one


@pytest.fixture
def gateway(double: Double) -> Gateway:
    return Gateway(GatewaySettings(double.url, seconds=5))


@pytest.fixture
def services(double: Double) -> Iterator[GrpcPlatform]:
    consul = double.url.removeprefix("http://")
    platform = GrpcPlatform(GrpcSettings(Addresses({}, consul), seconds=5))
    yield platform
    platform.close()


@pytest.fixture(params=["gateway", "grpc"])
def bound(request: pytest.FixtureRequest) -> Platform:
    """Each binding in turn."""
    name = {"gateway": "gateway", "grpc": "services"}[request.param]
    found: Platform = request.getfixturevalue(name)
    return found


@pytest.fixture
def make_bench(mongodb_uri: str, mongo_database: str) -> Iterator[MakeBench]:
    made: list[Bench] = []

    def make(platform: Platform) -> Bench:
        made.append(Bench(mongodb_uri, mongo_database, platform))
        return made[-1]

    yield make
    for bench in made:
        bench.repository.flush()
        bench.client.close()


@pytest.fixture
def bench(make_bench: MakeBench, gateway: Gateway) -> Bench:
    return make_bench(gateway)
