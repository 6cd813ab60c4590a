"""The options of `ai-worker correct import`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ai_worker.pipelines.corrections.protection.formats.lexers import FORMATS

SOURCE, TASK = "Where the texts are", "The task that they make"


class Kind(StrEnum):
    """The work that is done with the texts."""

    CORRECTION = "correction"
    TRANSLATION = "translation"
    ANALYSIS = "analysis"


File = Annotated[
    Path | None,
    typer.Option(
        help="A .csv, .jsonl, .po, .xliff, .srt, .md, .html or .txt file.",
        exists=True,
        dir_okay=False,
        rich_help_panel=SOURCE,
    ),
]
Connection = Annotated[str | None, typer.Option(help="A connection of sources.toml.", rich_help_panel=SOURCE)]
Table = Annotated[str | None, typer.Option(help="Its table.", rich_help_panel=SOURCE)]
Column = Annotated[
    str | None,
    typer.Option(help="The column of the texts; in a file 'text' if not named.", rich_help_panel=SOURCE),
]
Pk = Annotated[
    str | None,
    typer.Option(
        help="The key column; in a file the column of source_id, 'source_id' or 'id' if not named.",
        rich_help_panel=SOURCE,
    ),
]
Condition = Annotated[
    str | None,
    typer.Option(
        help="Which rows, as SQL. Run read-only, and trusted like the operator.", rich_help_panel=SOURCE
    ),
]
Model = Annotated[
    int | None,
    typer.Option(help="id_ai_model; may be left out where only one is active.", rich_help_panel=TASK),
]
KindOfWork = Annotated[Kind, typer.Option(help="What is done with the texts.", rich_help_panel=TASK)]
Description = Annotated[str, typer.Option(help="The instructions to the model.", rich_help_panel=TASK)]
SourceLanguage = Annotated[str | None, typer.Option(help="E.g. pl.", rich_help_panel=TASK)]
TargetLanguage = Annotated[
    str | None, typer.Option(help="E.g. en; a translation needs it.", rich_help_panel=TASK)
]
Markup = Annotated[
    str | None,
    typer.Option(
        help=f"The markup of the texts: {', '.join(FORMATS)}; seen in each text if not named.",
        rich_help_panel=TASK,
    ),
]
Glossary = Annotated[
    Path | None,
    typer.Option(
        help="A file with terms, a JSON object or lines.", exists=True, dir_okay=False, rich_help_panel=TASK
    ),
]
Schema = Annotated[
    Path | None,
    typer.Option(
        help="A file with the JSON schema of an analysis.", exists=True, dir_okay=False, rich_help_panel=TASK
    ),
]
ContinuedTask = Annotated[
    int | None, typer.Option(metavar="ID", help="Continue an import into this task that broke off.")
]
