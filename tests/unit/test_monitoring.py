"""Alert rules and dashboards, held against the metrics that exist; rules by Prometheus' own tool."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ai_worker.observe.metrics import GAUGES, SHARED
from devtools.layout import ROOT, find_program
from tests.unit.test_deployment import read_yaml, schema, variables

DEPLOY = ROOT / "deploy"
DASHBOARDS = sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))
NAME = re.compile(r"\bai_worker_\w+")
MATCHERS = re.compile(r"(ai_worker_\w+)\{([^}]*)\}")
LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
OF_PROMETHEUS = {"le"}


def known() -> dict[str, set[str]]:
    """Every series by its name, with its labels."""
    series = {name: set(labels) for name, (_, labels) in GAUGES.items()}
    for family in SHARED.values():
        names = ("_bucket", "_sum", "_count") if family.buckets else ("_total",)
        series |= {family.name + end: set(family.labels) | OF_PROMETHEUS for end in names}
    return series


def rules() -> list[dict[str, Any]]:
    return [rule for group in read_yaml("deploy/prometheus/alerts.yml")["groups"] for rule in group["rules"]]


def expressions() -> Iterator[tuple[str, str]]:
    for rule in rules():
        yield f"alert {rule['alert']}", rule["expr"]
    for path in DASHBOARDS:
        for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]:
            for target in panel["targets"]:
                yield f"{path.stem}: {panel['title']}", target["expr"]


def test_every_expression_is_about_metrics_and_labels_that_exist() -> None:
    series = known()
    checked = 0
    for where, expression in expressions():
        names = NAME.findall(expression)
        assert names, where
        for name in names:
            assert name in series, f"{where}: {name}"
            checked += 1
        for name, matchers in MATCHERS.findall(expression):
            assert set(LABEL.findall(matchers)) <= series[name], f"{where}: {name}{{{matchers}}}"
    assert checked > 50


def test_every_metric_is_shown_somewhere() -> None:
    shown = {name for _, expression in expressions() for name in NAME.findall(expression)}
    families = {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in shown}
    assert {*GAUGES, *SHARED} - families == set()


def test_names_keep_prometheus_conventions() -> None:
    for name in (*GAUGES, *SHARED):
        assert re.fullmatch(r"ai_worker_[a-z_]+", name), name
        assert not name.endswith(("_total", "_ms", "_milliseconds", "_count")), name
    for labels in [*(set(of[1]) for of in GAUGES.values()), *(set(of.labels) for of in SHARED.values())]:
        assert not labels & {"worker", "task", "row", "user", "host", "operation"}, labels


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: str(path.stem))
def test_a_dashboard_has_one_place_for_each_panel(path: Any) -> None:
    board = json.loads(path.read_text(encoding="utf-8"))
    assert board["uid"] == f"ai-worker-{path.stem}"
    places: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        at = panel["gridPos"]
        taken = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not places & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        places |= taken
        assert panel["datasource"]["uid"] == "prometheus"


def test_prometheus_takes_the_rules_and_its_configuration() -> None:
    promtool = find_program("promtool")
    assert promtool, "there is no promtool: `python3 dev.py test` installs it (apt-get install prometheus)"
    checked = subprocess.run(
        [promtool, "check", "rules", str(DEPLOY / "prometheus" / "alerts.yml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    configuration = [
        promtool,
        "check",
        "config",
        "--syntax-only",
        str(DEPLOY / "prometheus" / "prometheus.yml"),
    ]
    checked = subprocess.run(configuration, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


QUEUES = """
rule_files: [{rules}]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {{ series: 'ai_worker_queue_age_seconds{{queue="worlds"}}', values: '0+60x30' }}
      - {{ series: 'ai_worker_queue_age_seconds{{queue="scans"}}', values: '299x30' }}
      - {{ series: 'ai_worker_draining', values: '0x19 1x10' }}
    alert_rule_test:
      - {{ eval_time: 10m, alertname: AIWorkerQueueSlow, exp_alerts: [] }}
      - eval_time: 11m
        alertname: AIWorkerQueueSlow
        exp_alerts:
          - exp_labels: {{ severity: warning, queue: worlds }}
            exp_annotations:
              summary: A message in the queue worlds has waited for more than five minutes.
              action: {action}
      - {{ eval_time: 25m, alertname: AIWorkerQueueSlow, exp_alerts: [] }}
"""


def test_a_queue_that_is_not_served_is_an_alert_but_for_a_drain(tmp_path: Path) -> None:
    promtool = find_program("promtool")
    assert promtool, "there is no promtool: `python3 dev.py test` installs it (apt-get install prometheus)"
    [action] = [rule["annotations"]["action"] for rule in rules() if rule["alert"] == "AIWorkerQueueSlow"]
    test = tmp_path / "queues.yml"
    test.write_text(
        QUEUES.format(rules=DEPLOY / "prometheus" / "alerts.yml", action=json.dumps(action)), encoding="utf-8"
    )
    checked = subprocess.run(
        [promtool, "test", "rules", str(test)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_alert_says_what_to_do() -> None:
    for rule in rules():
        assert rule["labels"]["severity"] in ("warning", "critical"), rule["alert"]
        assert set(rule["annotations"]) == {"summary", "action"}, rule["alert"]


def test_compose_brings_both_with_what_lies_here() -> None:
    monitoring = read_yaml("deploy/monitoring.yml")
    jsonschema.validate(monitoring, schema("compose-spec.json"))
    text = (DEPLOY / "monitoring.yml").read_text(encoding="utf-8")
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    for name, rest in variables(text):
        default = "" if rest.startswith(":?") else rest.removeprefix(":-")
        assert f"\n{name}={default}\n" in example, name
    for service in monitoring["services"].values():
        assert service["restart"] == "unless-stopped"
        assert all(":-127.0.0.1:" in port for port in service["ports"])
        for volume in service["volumes"]:
            source = volume.partition(":")[0]
            assert not source.startswith(".") or (ROOT / source).is_dir(), volume
