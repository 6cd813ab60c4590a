"""The queries of `loop_chunk`: the chunks of a loop as they were fetched or imported."""

from collections.abc import Sequence

from ai_worker.pipelines.loops.chunks.chunk import Chunk, asked_about
from ai_worker.pipelines.loops.chunks.planning import Visited
from ai_worker.stores.mysql import MySQLDatabase, MySQLPool, Row, Statement

_INSERT = (
    "INSERT IGNORE INTO loop_chunk (loop_task_id, file_id, file_name, chunk_id, headers, content, "
    "image_text, "
    "seed_question, content_hash, position) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)

AT_ONCE_ROWS = 500
AT_ONCE_CHARACTERS = 300_000
"""Of one statement, well below what servers take as one packet."""


def chunk_statements(loop_id: str, chunks: Sequence[Chunk]) -> list[Statement]:
    """Statements that insert chunks which are not there yet, for the transaction of the row that fetched
    them.
    """
    statements: list[Statement] = []
    rows: list[tuple[object, ...]] = []
    size = 0
    for values in _values(loop_id, chunks):
        length = sum(len(value) for value in values if isinstance(value, str))
        if rows and (size + length > AT_ONCE_CHARACTERS or len(rows) == AT_ONCE_ROWS):
            statements.append(_together(rows))
            rows, size = [], 0
        rows.append(values)
        size += length
    return [*statements, *([_together(rows)] if rows else [])]


def _together(rows: Sequence[tuple[object, ...]]) -> Statement:
    head, _, marks = _INSERT.rpartition("VALUES ")
    return f"{head}VALUES {', '.join([marks] * len(rows))}", [value for row in rows for value in row]


def insert_chunks(database: MySQLDatabase, loop_id: str, chunks: Sequence[Chunk]) -> None:
    """Insert chunks which are not there yet, within the caller's transaction."""
    database.execute_many(_INSERT, _values(loop_id, chunks))


def _values(loop_id: str, chunks: Sequence[Chunk]) -> list[tuple[object, ...]]:
    return [
        (
            *(loop_id, chunk.file_id[:190], chunk.file_name[:1000], chunk.chunk_id[:190], chunk.headers),
            *(chunk.text or asked_about(chunk, multimodal=False), chunk.image_text, chunk.seed_question),
            *(chunk.content_hash, place),
        )
        for place, chunk in enumerate(chunks)
    ]


class ChunkRepository:
    """Args:
    pool: connections to the database that holds the loops.
    """

    def __init__(self, pool: MySQLPool) -> None:
        self._pool = pool

    def all(self, loop_id: str) -> list[Chunk]:
        """The chunks of a loop in their order."""
        rows = self._pool.query(
            "SELECT * FROM loop_chunk WHERE loop_task_id = %s ORDER BY id_loop_chunk", (loop_id,)
        )
        return [chunk_of(row) for row in rows]

    def earlier_questions(self, id_loop_chunk: int) -> list[str]:
        """The questions asked about a chunk so far, oldest first; of those rejected the duplicates only."""
        rows = self._pool.query(
            "SELECT question FROM qa_gen_question WHERE id_loop_chunk = %s AND (status <> 'rejected' OR "
            "dup_of IS NOT NULL) "
            "ORDER BY seq",
            (id_loop_chunk,),
        )
        return [row["question"] for row in rows]

    def acceptable(self, loop_id: str, question_id: str, id_loop_chunk: int | None) -> list[Row]:
        """Chunks that answer a question as well as its own: those of its duplicates, and equal ones."""
        return self._pool.query(
            "SELECT file_id, chunk_id FROM qa_gen_question WHERE dup_of = %s UNION "
            "SELECT other.file_id, other.chunk_id FROM loop_chunk AS own JOIN loop_chunk AS other "
            "ON other.loop_task_id = own.loop_task_id AND other.content_hash = own.content_hash "
            "WHERE own.id_loop_chunk = %s AND own.loop_task_id = %s",
            (question_id, id_loop_chunk, loop_id),
        )


def visits(database: MySQLDatabase, loop_id: str) -> list[Visited]:
    """The chunks of a loop with their finished visits, in the order of their documents."""
    rows = database.query(
        "SELECT chunk.id_loop_chunk, chunk.file_id, (SELECT COUNT(*) FROM loop_write AS visit "
        "WHERE visit.id_loop_chunk = chunk.id_loop_chunk AND visit.status_id IN (1, 3)) AS visits "
        "FROM loop_chunk AS chunk WHERE chunk.loop_task_id = %s ORDER BY chunk.id_loop_chunk",
        (loop_id,),
    )
    return [Visited(int(row["id_loop_chunk"]), row["file_id"], int(row["visits"])) for row in rows]


def chunk_of(row: Row) -> Chunk:
    """A row of `loop_chunk`."""
    return Chunk(
        file_id=row["file_id"],
        chunk_id=row["chunk_id"],
        text=row["content"],
        file_name=row["file_name"],
        headers=row["headers"] or "",
        image_text=row["image_text"] or "",
        seed_question=row["seed_question"] or "",
    )
