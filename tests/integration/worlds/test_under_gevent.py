"""What workers use of events, objects and services, in a process that gevent has patched."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from devtools.layout import ROOT
from devtools.ports import free_port
from devtools.servers.objects import BUCKET, USER, MotoServer
from tests.worlds.double import Double
from tests.worlds.kafka import Topic, broker

PROGRAM = """
from gevent import monkey
monkey.patch_all()
import json, sys, time
import gevent
told = json.loads(sys.argv[1])
from ai_worker.pipelines.worlds.platform.grpc_binding.addresses import Addresses
from ai_worker.pipelines.worlds.platform.grpc_binding.client import GrpcPlatform, GrpcSettings
from ai_worker.pipelines.worlds.platform.gateway import Gateway, GatewaySettings
from ai_worker.pipelines.worlds.platform.port import NewCharacter
from ai_worker.stores.kafka import Publisher
from ai_worker.stores.objects import Objects, connect

ticks = [0]
def tick():
    while True:
        ticks[0] += 1
        gevent.sleep(0.005)
gevent.spawn(tick)

def timed(name, work, times):
    before, began = ticks[0], time.monotonic()
    spawned = [gevent.spawn(work, number) for number in range(times)]
    done = gevent.joinall(spawned, timeout=60, raise_error=True)
    print(json.dumps([name, len(done), ticks[0] - before, time.monotonic() - began]), flush=True)

publisher = Publisher({"bootstrap.servers": told["kafka"], "acks": "all", "linger.ms": 50})
timed("kafka", lambda n: publisher.deliver(told["topic"], {"n": n}), 20)
bucket = Objects(connect(told["objects"], told["user"], "x", secure=False), told["bucket"], "http://x")
bucket.ensure_bucket()
timed("objects", lambda n: bucket.put(f"{n}.png", b"x" * 1000, "image/png"), 20)
one = lambda n: NewCharacter("w", f"u{n}", "U", "b", {"username": f"u{n}"})
services = GrpcPlatform(GrpcSettings(Addresses({}, told["consul"]), seconds=20))
timed("grpc", lambda n: services.create_character(one(n), "k"), 20)
gateway = Gateway(GatewaySettings("http://" + told["consul"]))
timed("gateway", lambda n: gateway.create_character(one(n + 100), "k"), 20)
"""


@pytest.fixture
def servers(tmp_path_factory: pytest.TempPathFactory, double: Double) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("servers")
    objects = MotoServer(folder / "objects", free_port(), folder / "objects.log", password="x")
    objects.start()
    with broker("mock", folder) as address:
        topic = Topic(address, "gevent").name
        names = {"user": USER, "bucket": BUCKET, "topic": topic}
        yield {
            "kafka": address,
            "objects": objects.address,
            "consul": double.url.removeprefix("http://"),
            **names,
        }
    objects.kill()


def test_nothing_stops_the_other_greenlets(servers: dict[str, str], double: Double) -> None:
    """Twenty calls at once of each kind, the services slowed down: the other greenlets go on meanwhile."""
    double.tell(latency=0.2)
    command = [sys.executable, "-c", PROGRAM, json.dumps(servers)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert ended.returncode == 0, ended.stderr
    told = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [(name, count) for name, count, _, _ in told] == [
        ("kafka", 20),
        ("objects", 20),
        ("grpc", 20),
        ("gateway", 20),
    ]
    ticks = {name: number for name, _, number, _ in told}
    assert ticks["kafka"] >= 3
    assert ticks["gateway"] >= 10
    assert ticks["grpc"] >= 10
    seconds = {name: took for name, _, _, took in told}
    assert seconds["gateway"] < 2, "twenty calls of 0.2 s wait at once, not one after another"
    assert len(double.memory.characters) == 40
