"""Ten thousand answers are reviewed by many at once, exported by processes that are killed, while others edit
the source.
"""

import random
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from ai_worker.pipelines.corrections.review import review
from ai_worker.pipelines.corrections.sources.export import PORTION
from tests.acceptance.cluster import Cluster
from tests.integration.corrections.source import Shop
from tests.integration.web.deployment import forget_settings
from tests.preloaded import Process
from tests.waiting import wait_until

ITEMS = 10_000
PERSONS = 4
EDITORS = 2
PAUSE_SECONDS = 0.01
KILLS = 3
MARK = " [edited]"
SLIPS = [
    ("teh", "the"),
    ("recieve", "receive"),
    ("becouse", "because"),
    ("alot", "a lot"),
    ("Thier", "Their"),
    ("wich", "which"),
]
PROCESSED, ACCEPTED, REJECTED, EXPORTED, CONFLICT = 1, 4, 5, 6, 9


@dataclass
class Article:
    """One text, its answer, and what a person will say of it.

    Args:
        slips: of `SLIPS`, in the order in which they stand in the text.
        rejected: places in `slips`.
        verdict: how the whole is decided: by a person, by the panel in plain SQL, with its whole task, or not
            at all.
    """

    number: int
    slips: list[int]
    rejected: list[int]
    verdict: str
    edits: int = field(default=0)

    @property
    def text(self) -> str:
        return self._written([SLIPS[slip][0] for slip in self.slips])

    @property
    def answer(self) -> str:
        return self._written([SLIPS[slip][1] for slip in self.slips])

    @property
    def accepted(self) -> str:
        return self._written(
            [SLIPS[slip][0 if place in self.rejected else 1] for place, slip in enumerate(self.slips)]
        )

    def _written(self, words: Sequence[str]) -> str:
        return f"Article {self.number}: " + "".join(f"one {word} two, " for word in words) + "end."


def articles(chance: random.Random) -> list[Article]:
    found = []
    for number in range(1, ITEMS + 1):
        slips = chance.sample(range(len(SLIPS)), chance.randint(0, 4))
        verdict = chance.choices(
            ["by change", "reject", "panel", "panel rejects", "with the task"], [25, 10, 25, 10, 30]
        )[0]
        reviewed_singly = verdict == "by change" and slips
        rejected = [place for place in range(len(slips)) if chance.random() < 0.4] if reviewed_singly else []
        found.append(Article(number, slips, rejected, verdict))
    return found


@pytest.fixture
def shop(corrections_cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """The source, and this process settled on the cluster's databases."""
    for name, value in corrections_cluster.environment.items():
        if name.startswith(("MYSQL_", "REDIS", "LIMITS", "PIPELINES")):
            monkeypatch.setenv(name, value)
    forget_settings()
    shop = Shop(corrections_cluster.environment, corrections_cluster.folder)
    yield shop
    shop.pool.close()
    forget_settings()


def load(cluster: Cluster, shop: Shop, found: list[Article]) -> int:
    """The articles in the source, imported by the command, answered by plain SQL; returns the task."""
    shop.add(*(article.text for article in found))
    cluster.query("INSERT INTO ai_model (provider, model_name) VALUES ('offline', 'offline-large')")
    said = cluster.command(
        "correct", "import", "--connection", "shop", "--table", "article", "--column", "body"
    )
    id_task = int(said.split("Task ")[1].split()[0])
    cluster.query(
        "CREATE TABLE prepared (source_id VARCHAR(190) CHARACTER SET utf8mb4 PRIMARY KEY, answer "
        "TEXT) DEFAULT CHARACTER SET utf8mb4"
    )
    with shop.pool.connection() as database:
        database.execute_many(
            "INSERT INTO prepared VALUES (%s, %s)", [(article.number, article.answer) for article in found]
        )
        database.execute(
            "UPDATE task_item JOIN prepared ON prepared.source_id = CONVERT(task_item.source_id "
            "USING utf8mb4) "
            "SET text_corrected = answer, status_id = %s",
            (PROCESSED,),
        )
    return id_task


def decide(cluster: Cluster, id_task: int, found: list[Article]) -> None:
    """What persons and the panel say, several at once; at last the rest is accepted with its task."""
    ids = {int(item["source_id"]): item["id_task_item"] for item in cluster.items(id_task)}
    for verdict, status in (("panel", ACCEPTED), ("panel rejects", REJECTED)):
        chosen = [ids[article.number] for article in found if article.verdict == verdict]
        marks = ", ".join(["%s"] * len(chosen))
        cluster.query(
            f"UPDATE task_item SET status_id = {status}, reviewed_by = 'panel' WHERE id_task_item "
            f"IN ({marks})",
            chosen,
        )

    def person(number: int) -> None:
        for article in found[number::PERSONS]:
            item = ids[article.number]
            if article.verdict == "reject":
                review.reject(item, f"person {number}")
            if article.verdict == "by change":
                if article.rejected:
                    review.reject(item, f"person {number}", [place + 1 for place in article.rejected])
                if len(article.rejected) < len(article.slips) or not article.slips:
                    review.accept(item, f"person {number}")

    with ThreadPoolExecutor(PERSONS) as persons:
        for done in [persons.submit(person, number) for number in range(PERSONS)]:
            done.result()
    cluster.command("correct", "accept", "--task", str(id_task), "--by", "anna")


def edit(shop: Shop, found: list[Article], seed: int, over: threading.Event) -> Counter[int]:
    """Other people's work in the source, until it is over; returns how often each article was edited."""
    chance = random.Random(seed)
    edits: Counter[int] = Counter()
    with shop.pool.connection() as database:
        while not over.wait(PAUSE_SECONDS):
            article = chance.choice(found)
            edits[article.number] += database.execute(
                "UPDATE article SET body = CONCAT(body, %s) WHERE id = %s", (MARK, article.number)
            )
    return edits


def export_and_kill(cluster: Cluster) -> bool:
    """Start an export and kill it when it has begun; returns whether it was in the middle."""
    before = exported(cluster)
    log = cluster.folder / "killed-export.log"
    with log.open("ab") as output:
        process = Process(
            ["ai_worker", "correct", "export"],
            cwd=cluster.folder,
            env=cluster.environment,
            stdout=output,
            stderr=output,
        )
    wait_until(
        lambda: exported(cluster) > before or process.poll() is not None, "an export under way", seconds=60
    )
    process.kill()
    return process.wait() < 0


def exported(cluster: Cluster) -> int:
    return int(
        cluster.query("SELECT COUNT(*) AS items FROM task_item WHERE status_id = %s", (EXPORTED,))[0]["items"]
    )


def export_to_the_end(cluster: Cluster) -> None:
    """Two exports at once, until nothing is accepted any more."""
    while cluster.query("SELECT COUNT(*) AS items FROM task_item WHERE status_id = %s", (ACCEPTED,))[0][
        "items"
    ]:
        both = [
            Process(["ai_worker", "correct", "export"], cwd=cluster.folder, env=cluster.environment)
            for _ in range(2)
        ]
        for process in both:
            assert process.wait(120) in (0, 1)


def test_every_source_row_ends_as_others_left_it_or_with_the_accepted_text(
    corrections_cluster: Cluster, shop: Shop
) -> None:
    cluster = corrections_cluster
    found = articles(random.Random(7))
    id_task = load(cluster, shop, found)
    assert len(cluster.items(id_task)) == ITEMS
    over = threading.Event()
    with ThreadPoolExecutor(EDITORS + 1) as others:
        deciding = others.submit(decide, cluster, id_task, found)
        editing = [others.submit(edit, shop, found, seed, over) for seed in range(EDITORS)]
        try:
            killed = [export_and_kill(cluster) for _ in range(KILLS)]
            deciding.result()
            export_to_the_end(cluster)
        finally:
            over.set()
        edits = sum((done.result() for done in editing), Counter[int]())
    assert any(killed)

    items = {int(item["source_id"]): item for item in cluster.items(id_task)}
    seen: Counter[str] = Counter()
    for article, body in zip(found, shop.bodies(), strict=True):
        status = items[article.number]["status_id"]
        assert body.count(MARK) == edits[article.number], "nobody's edit was overwritten"
        bare = body.replace(MARK, "")
        if article.verdict in ("reject", "panel rejects") or (
            article.slips and len(article.rejected) == len(article.slips)
        ):
            assert (status, bare) == (REJECTED, article.text)
            seen["rejected"] += 1
        elif status == EXPORTED:
            assert bare == article.accepted
            seen["exported"] += 1
        else:
            assert (status, items[article.number]["error_class"]) == (CONFLICT, "source_changed")
            assert edits[article.number]
            if bare != article.text:
                assert bare == article.accepted
                seen["written by a process that was killed, then edited"] += 1
            seen["conflicts"] += 1
    assert min(seen["rejected"], seen["exported"], seen["conflicts"]) > 100, seen
    assert seen["written by a process that was killed, then edited"] <= KILLS * PORTION
    assert cluster.command("correct", "export").strip() == "nothing is accepted and not yet exported"
