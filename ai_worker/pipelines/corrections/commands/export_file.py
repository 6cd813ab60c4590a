"""`ai-worker correct export --file`: accepted texts as a file, in the form of the one that they are from."""

import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from ai_worker.errors import BadRequest
from ai_worker.kit.terminal import harmless
from ai_worker.pipelines.corrections.review.review import AcceptedText, accepted_texts
from ai_worker.pipelines.corrections.service import repository
from ai_worker.pipelines.corrections.sources.document_files import reader_of, write
from ai_worker.pipelines.corrections.sources.row_files import OtherFile, RowFile, form_of, write_back

_ROWS = (".csv", ".tsv", ".jsonl", ".ndjson")
_OUR_FORM = "UTF-8; source_id, text_original, text"


def export_file(
    console: Console, id_task: int, target: Path, original: Path | None, *, dry_run: bool
) -> None:
    """Write the task's accepted texts to a file, and report in which form.

    Args:
        original: the file that the texts are from; None: the one that the task names.
        dry_run: make the file in a folder that is deleted, so that whatever is wrong is reported.

    Raises:
        BadRequest: the file cannot be made or written.
        NotFound: there is no such task, or nothing of it is accepted.
    """
    accepted = accepted_texts(id_task)
    task = repository().fetch_task(id_task) or {}
    if dry_run:
        with tempfile.TemporaryDirectory(prefix="ai-worker-export-") as folder:
            kept, form = _written(Path(folder) / target.name, task, accepted, original)
    else:
        kept, form = _written(target, task, accepted, original)
    done = "Dry run, nothing was written.\n" if dry_run else ""
    are = "would be" if dry_run else "are"
    text = f"{done}{len(accepted)} accepted texts of task {id_task} {are} in {target}{kept}.{form}"
    # A long path is not broken: it is copied.
    console.print(Text(harmless(text)), soft_wrap=True)


def _written(
    target: Path, task: dict[str, Any], accepted: list[AcceptedText], original: Path | None
) -> tuple[str, str]:
    """Write the file; returns words about the rows that keep their text and about the file's form."""
    file = original or (Path(task["source_file"]) if task.get("source_file") else None)
    why = ""
    if file is not None and _is_alike(target, file):
        rows = RowFile(file, task.get("source_column") or "text", task.get("source_pk") or "source_id")
        try:
            kept = write_back(target, rows, accepted)
        except OtherFile as fault:
            if original is not None:
                raise BadRequest(f"--original: {fault}") from None
            why = str(fault)
        else:
            return f"; {kept} other rows keep theirs", f"\nForm of {file.name}: {form_of(rows)}."
    elif file is not None:
        why = f"{file.name} is a file of another kind"
    elif not task.get("source_connection"):
        why = "the file that they are from is not known; --original names it"
    same = file is not None and file.suffix.lower() == target.suffix.lower()
    texts = [(text.source_id or str(text.id_task_item), text.before, text.after) for text in accepted]
    write(target, texts, file if same else original)
    is_ours = target.suffix.lower() in _ROWS and why
    return "", f"\nIn our own form ({_OUR_FORM}):\n{why}." if is_ours else ""


def _is_alike(target: Path, file: Path) -> bool:
    """Return whether both are files of rows, of one kind."""
    if reader_of(file) is not None or reader_of(target) is not None:
        return False
    if RowFile(file, "", "").is_json:
        return RowFile(target, "", "").is_json
    return target.suffix.lower() in (".csv", file.suffix.lower())
