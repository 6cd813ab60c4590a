"""Tools in a process patched by gevent, as workers run them: nothing blocks the other greenlets."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.integration.assistants.served import Served
from tests.integration.assistants.test_tools import SERVER

SCRIPT = """
import gevent.monkey
gevent.monkey.patch_all()
import json, os, time
import gevent
from tests.unit.assistants.made import NOW, Remembered, assistant, tool
from ai_worker.pipelines.assistants.tools.contract import ToolContext, ToolFault
from ai_worker.pipelines.assistants.tools.kinds import http, mcp
from ai_worker.pipelines.assistants.tools.outside.safe_http import NoAnswer

beats = []
def beat():
    while True:
        beats.append(time.monotonic())
        gevent.sleep(0.01)

def call(kind, of, arguments, part="", seconds=20.0):
    context = ToolContext("42", assistant("a"), of, None, NOW, "k", seconds, Remembered(), lambda *_: "")
    return kind.KIND.run(arguments, context, part)

gevent.spawn(beat)
shop = tool("shop", "mcp", settings=json.dumps({"server": "shop"}))
names = [one.name for one in mcp.KIND.offer(shop, {})]
prices = [gevent.spawn(call, mcp, shop, {"item": f"i{n}"}, "price") for n in range(2)]
gevent.joinall(prices)
slow = tool("slow", "http", settings=json.dumps({"url": os.environ["API_URL_OF_TEST"]}))
started = time.monotonic()
try:
    call(http, slow, {}, seconds=0.5)
    outcome = "answered"
except NoAnswer:
    outcome = "no answer"
took = time.monotonic() - started
gap = max(later - earlier for earlier, later in zip(beats, beats[1:]))
found = {"names": names, "prices": [one.value for one in prices]}
print(json.dumps({**found, "outcome": outcome, "took": took, "gap": gap}))
"""


def test_mcp_and_http_tools_let_other_greenlets_run(tmp_path: Path) -> None:
    (tmp_path / "server.py").write_text(SERVER, encoding="utf-8")
    command = json.dumps([sys.executable, str(tmp_path / "server.py")])
    (tmp_path / "mcp.toml").write_text(f"[servers.shop]\ncommand = {command}\n", encoding="utf-8")
    with Served(lambda method, path, body: (200, "late")) as api:
        api.seconds = 3
        environment = {
            **os.environ,
            "MCP_SERVERS_FILE": str(tmp_path / "mcp.toml"),
            "API_URL_OF_TEST": api.url,
            "TOOL_HOSTS": api.host,
            "TOOL_PRIVATE_HOSTS": api.host,
            "PYTHONPATH": os.pathsep.join([os.environ.get("PYTHONPATH", ""), str(Path(__file__).parents[3])]),
        }
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            timeout=90,
        )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["names"] == ["shop_price", "shop_order"]
    assert found["prices"] == ["i0: 5, None, None", "i1: 5, None, None"]
    assert found["outcome"] == "no answer" and found["took"] < 1.5
    assert found["gap"] < 0.5
