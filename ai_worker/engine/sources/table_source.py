"""A MySQL table as a source of rows.

The engine's own columns in such a table: `due_at`, `lease_token`, `attempts`, `lost`, `first_attempt_at`,
`error_class`, `error`, and `checkpoints` where it is used. Effects wait in the table `outbox`.
"""

from ai_worker.engine.sources.table_owning import TableOwning
from ai_worker.engine.sources.table_reserving import TableReserving


class TableSource(TableReserving, TableOwning):
    """Rows of one table, for scanners and owners. See `Source` for what each method promises."""
