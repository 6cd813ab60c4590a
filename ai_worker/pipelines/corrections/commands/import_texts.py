"""`ai-worker correct import`: texts from a table, a CSV or a JSON Lines file become a task."""

from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ai_worker.errors import BadRequest, ConfigurationError
from ai_worker.pipelines.corrections.asking.prompt import build
from ai_worker.pipelines.corrections.commands.import_options import (
    Column,
    Condition,
    Connection,
    ContinuedTask,
    Description,
    File,
    Glossary,
    Kind,
    KindOfWork,
    Markup,
    Model,
    Pk,
    Schema,
    SourceLanguage,
    Table,
    TargetLanguage,
)
from ai_worker.pipelines.corrections.protection.formats.lexers import lex
from ai_worker.pipelines.corrections.sources.configured import Place, place
from ai_worker.pipelines.corrections.sources.importing import (
    FileTexts,
    TableTexts,
    Texts,
    begin,
    import_into,
    queries,
)


def import_texts(
    file: File = None,
    connection: Connection = None,
    table: Table = None,
    column: Column = None,
    pk: Pk = None,
    where: Condition = None,
    model: Model = None,
    kind: KindOfWork = Kind.CORRECTION,
    description: Description = "",
    source_language: SourceLanguage = None,
    target_language: TargetLanguage = None,
    format: Markup = None,
    glossary: Glossary = None,
    schema: Schema = None,
    task: ContinuedTask = None,
) -> None:
    """Make a task of texts. It is worked only when all of them are there.

    Examples: [cyan]ai-worker correct import --connection shop --table article --column body --where "lang =
    'pl'"[/cyan], [cyan]ai-worker correct import --file texts.csv --kind translation --target-language
    en[/cyan]
    """
    console = Console()
    found, where_from = _texts(file, connection, table, column, pk, where)
    total = found.count()
    if isinstance(found, FileTexts) and (form := found.form()):
        console.print(f"Read as {form}.")
    if not total and task is None:
        raise BadRequest("no text was found there: no task was made")
    if task is None:
        columns = {
            "id_ai_model": _model(model),
            "kind": str(kind),
            "description": description,
            "source_language": source_language,
            "target_language": target_language,
            "format": format,
            "glossary": _text_of(glossary, "--glossary"),
            "answer_schema": _text_of(schema, "--schema"),
            **(found.source_columns(file) if isinstance(found, FileTexts) else _source_columns(where_from)),
        }
        _check_task(columns)
        task = begin(columns)
    _run(console, task, found, total)


def _run(console: Console, task: int, texts: Texts, total: int) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        row = bar.add_task(f"Task {task}", total=total)
        try:
            stored = import_into(task, texts, lambda items: bar.update(row, completed=items))
        except BaseException:
            console.print(
                f"[yellow]The import broke off. The same command with --task {task} continues where "
                f"it ended.[/yellow]"
            )
            raise
    console.print(f"Task {task} has {stored} items.")


def _texts(
    file: Path | None,
    connection: str | None,
    table: str | None,
    column: str | None,
    pk: str | None,
    where: str | None,
) -> tuple[Texts, Place | None]:
    if file is not None:
        if connection or table or where:
            raise typer.BadParameter("a file has no --connection, --table or --where", param_hint="--file")
        return FileTexts(file, column or "text", pk or "source_id"), None
    if not (connection and table and column):
        raise typer.BadParameter("name --file, or --connection, --table and --column")
    where_from = place(connection, table, column, pk)
    return TableTexts(where_from, where), where_from


def _source_columns(where_from: Place | None) -> dict[str, str]:
    if where_from is None:
        return {}
    names = {"source_connection": where_from.connection, "source_table": where_from.table}
    return {**names, "source_pk": where_from.key, "source_column": where_from.column}


def _text_of(file: Path | None, option: str) -> str | None:
    try:
        return None if file is None else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise BadRequest(f"{option}: {file} cannot be read as UTF-8: {fault}") from None


def _model(model: int | None) -> int:
    active = {
        row["id_ai_model"]: f"{row['id_ai_model']} ({row['provider']} {row['model_name']})"
        for row in queries().active_models()
    }
    if model is None and len(active) == 1:
        return int(next(iter(active)))
    if model is None or model not in active:
        raise ConfigurationError(
            f"--model: name an active row of ai_model: {', '.join(active.values()) or 'there is none'}"
        )
    return model


def _check_task(columns: dict[str, Any]) -> None:
    """Raises BadRequest where no question could be made of the task's texts."""
    lex("", columns["format"] or "plain")
    names = ("kind", "description", "source_language", "target_language", "glossary")
    build(text="", schema=columns["answer_schema"], **{name: columns[name] for name in names})
