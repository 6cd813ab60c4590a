"""Guarantee 14, addresses: whatever a row, a model's name or a model's answer says, nobody but the operator's
servers is asked.
"""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.acceptance.cluster import Cluster
from tests.unit.web.application import application
from tests.waiting import wait_until

FIELDS = ("base_url", "url", "api_url", "endpoint", "host", "env_url", "callback", "proxy")


def test_no_address_that_a_row_names_is_asked(cluster: Cluster) -> None:
    cluster.environment |= {"GEMINI_BASE_URL": cluster.model.url, "GEMINI_API_KEY": "a-key-of-no-worth"}
    with _trap() as (port, callers):
        hosts = ("127.0.0.1", "2130706433", "0x7f000001", "127.1", "[::ffff:127.0.0.1]", "[::1]", "localhost")
        addresses = [f"http://{host}:{port}/" for host in hosts]
        moved = {"fault": "302", "headers": {"Location": addresses[0]}}
        cluster.model.tell(
            {"match": {"contains": "moved"}, **moved},
            {"match": {"contains": "a-link-please"}, "answer": addresses[0]},
        )
        names = [
            addresses[0],
            f"@127.0.0.1:{port}/x",
            f"../../@127.0.0.1:{port}/",
            f"x?host=127.0.0.1:{port}#",
            f"\\\\127.0.0.1:{port}\\x",
        ]
        tasks = [
            cluster.add_task(addresses, description=" ".join(addresses)),
            cluster.add_task(["moved"], description=" ".join(addresses), model="offline-moved"),
        ]
        for provider in ("gemini", "offline", f"127.0.0.1:{port}", addresses[0][:32]):
            for name in names:
                added = cluster.query(
                    "INSERT INTO ai_model (provider, model_name) VALUES (%s, %s)", (provider, name)
                )
                tasks.append(cluster.add_task(["A text."], id_ai_model=added[0]["lastrowid"]))
        for number, address in enumerate(addresses):
            fields = dict.fromkeys(FIELDS, address)
            # A model that leads elsewhere is closed, and its further rows wait unasked: one for each row.
            for model in (f"offline-moved-{number}", address, f"gemini/{names[1]}{number}"):
                prompt = "moved {url}" if "moved" in model else "a-link-please {url}"
                entry = {"status": "pending", "model": model, "prompt": prompt, "variables": fields, **fields}
                cluster.mongo[f"queue_{number}"].insert_one(entry)
        cluster.worker()
        cluster.beat()
        wait_until(lambda: _open(cluster, tasks, len(addresses)) == [], "every row tried", seconds=60)
        assert cluster.model.counts()["total"] > len(addresses), "the operator's server was asked"
        assert callers == []
        socket.create_connection(("127.0.0.1", port)).close()
        wait_until(lambda: len(callers) == 1, "the trap to hear one who does come")


def test_no_request_and_no_column_names_a_server() -> None:
    """What cannot be said cannot be followed, rebound or smuggled past a list of hosts."""
    said = re.compile(r"url|host|endpoint|webhook|callback|proxy", re.IGNORECASE)
    document = application().openapi()
    schemas = document["components"]["schemas"]
    assert not [
        name for schema in schemas.values() for name in schema.get("properties", {}) if said.search(name)
    ]
    operations = [operation for operations in document["paths"].values() for operation in operations.values()]
    assert not [
        parameter["name"]
        for operation in operations
        for parameter in operation.get("parameters", [])
        if said.search(parameter["name"])
    ]


def test_only_what_operators_configure_names_a_server(cluster: Cluster) -> None:
    columns = cluster.query(
        "SELECT table_name AS place, column_name AS name FROM information_schema.columns "
        "WHERE table_schema = DATABASE()"
    )
    assert len(columns) > 50
    naming = {
        (column["place"], column["name"])
        for column in columns
        if re.search(r"url|host|endpoint|proxy", column["name"], re.IGNORECASE)
    }
    assert naming == {
        ("ai_model", "base_url"),
        ("judge_config", "base_url"),
        ("judge_config", "embed_base_url"),
        ("loop_task", "env_url"),
        ("single_jump_task", "env_url"),
    }


def _open(cluster: Cluster, tasks: list[int], queues: int) -> list[dict[str, Any]]:
    """The rows and entries that were not tried: they have neither an end nor a reason why they wait."""
    rows = [item for id_task in tasks for item in cluster.items(id_task) if item["status_id"] in (0, 2)]
    open_ = {"status": {"$in": ["pending", "processing"]}}
    entries = [entry for number in range(queues) for entry in cluster.mongo[f"queue_{number}"].find(open_)]
    return [row for row in (*rows, *entries) if not row.get("error_class")]


@contextmanager
def _trap() -> Iterator[tuple[int, list[str]]]:
    """A port of this machine at which nobody is to call, on every address of it; and who did."""
    callers: list[str] = []
    both = socket.has_dualstack_ipv6()
    family, address = (socket.AF_INET6, "::") if both else (socket.AF_INET, "127.0.0.1")
    with socket.create_server((address, 0), family=family, dualstack_ipv6=both) as listener:

        def listen() -> None:
            while True:
                try:
                    context, origin = listener.accept()
                except OSError:
                    return
                context.close()
                callers.append(str(origin))

        threading.Thread(target=listen, daemon=True).start()
        yield listener.getsockname()[1], callers
