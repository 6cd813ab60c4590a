"""A fault of the deployment under real processes: the loop waits unharmed, says why, and goes on."""

from tests.acceptance.cluster import Cluster
from tests.acceptance.loops.doubles import outside
from tests.acceptance.loops.test_proof import QUEUES, create, one
from tests.waiting import wait_until

TABLES = ("loop_step", "loop_write", "qa_gen_question", "loop_pair", "single_jump_result")
GOES_ON_SECONDS = 20.0


def said(cluster: Cluster, *command: str) -> str:
    """What a command prints, without the ends of its lines."""
    return " ".join(cluster.command(*command).split())


def rows(cluster: Cluster) -> list[dict[str, object]]:
    """What the engine writes when it touches a row that waits."""
    return cluster.query("SELECT id_loop_write, status_id, lease_token, due_at, attempts FROM loop_write")


def test_a_loop_waits_for_a_closed_model_and_goes_on_when_it_is_reopened(cluster: Cluster) -> None:
    with outside(12, 4, 0.0) as world:
        world.model.key = "the right one"
        loop_id = create(cluster, world, max_rounds=1, questions_per_section=2)
        cluster.worker("loops", queues=QUEUES, slots=20)
        beat = cluster.beat()
        reason = "closed: unauthorized: the provider answered 401"
        wait_until(lambda: reason in said(cluster, "loops", "show", loop_id), "the reason")
        assert reason in said(cluster, "status")
        wait_until(lambda: all(row["lease_token"] is None for row in rows(cluster)), "every row given back")
        touched, sent = rows(cluster), beat.said().count("Sending due task")
        calls = world.model.chance.calls["refused"]
        wait_until(lambda: beat.said().count("Sending due task") > sent + 8, "scans meanwhile", seconds=60)
        assert rows(cluster) == touched, "rows of a closed model are not touched"
        assert world.model.chance.calls["refused"] == calls <= 12
        assert one(cluster, "SELECT status FROM loop_task WHERE id = %s", loop_id)["status"] == "running"

        # A server that takes any key from now on: nothing but the closing holds the rows.
        world.model.key = ""
        words = cluster.command("status").split()
        key = next(word.rstrip(":") for word in words if word.startswith("openai/m@"))
        assert "may be asked again" in cluster.command("models", "reopen", key)
        wait_until(lambda: world.model.chance.calls["write"] > 0, "calls", seconds=GOES_ON_SECONDS)
        ended = "SELECT status, total_tested FROM loop_task WHERE id = %s"
        wait_until(lambda: one(cluster, ended, loop_id)["status"] == "done", "the end", seconds=120)
        assert one(cluster, ended, loop_id)["total_tested"] > 0
    for table in TABLES:
        harmed = f"SELECT COUNT(*) AS n FROM {table} WHERE status_id = 3 OR attempts > 0"
        assert one(cluster, harmed)["n"] == 0, table


def test_a_key_that_is_put_right_starts_the_loop_without_anybody_reopening_the_model(
    cluster: Cluster,
) -> None:
    with outside(12, 4, 0.0) as world:
        world.model.key = "the right one"
        loop_id = create(cluster, world, max_rounds=1, questions_per_section=2)
        cluster.worker("loops", queues=QUEUES, slots=20)
        cluster.beat()
        wait_until(lambda: world.model.chance.calls["refused"] > 0, "a refusal", seconds=60)
        wait_until(lambda: all(row["lease_token"] is None for row in rows(cluster)), "every row given back")
        cluster.query("UPDATE judge_config SET api_key_encrypted = %s", (world.model.key.encode(),))
        wait_until(lambda: world.model.chance.calls["write"] > 0, "calls", seconds=GOES_ON_SECONDS)
        ended = "SELECT status FROM loop_task WHERE id = %s"
        wait_until(lambda: one(cluster, ended, loop_id)["status"] == "done", "the end", seconds=120)
