"""The shape of a table of rows: names of its columns and numbers of its statuses."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Table:
    """Names and status numbers of a table of rows. They are written into SQL as they are: code constants,
    never input.

    Args:
        name, key, lane: the table, its primary key, and the column whose value makes a lane.
        due_index: its index on status, lane, due_at and key. Named, since with many rows backed off servers
            take others.
        select, joins: what a claim's fields hold beside the key; the row is called `item`. Each column costs
            every batch of claims 20 us, however few rows it has [measured].
        shared: further fields by their names, as SQL over the joined tables: what the rows of a task have in
            common. They are read when they have changed, see `SharedColumns`.
        failed_as: final statuses of error classes that have one of their own.
        ordered: each lane is worked one row at a time, in the order of the keys; needs an index on lane,
            status and key.
        checkpoints: the table has a column `checkpoints` (JSON) for steps that are done once; it belongs into
            `select`.
        on_done: a further assignment when a row is finished, in SQL.
    """

    name: str
    key: str
    lane: str
    due_index: str
    select: str
    joins: str = ""
    shared: Mapping[str, str] = field(default_factory=dict)
    status: str = "status_id"
    pending: int = 0
    done: int = 1
    processing: int = 2
    failed: int = 3
    failed_as: Mapping[str, int] = field(default_factory=dict)
    on_done: str = ""
    ordered: bool = False
    checkpoints: bool = False
