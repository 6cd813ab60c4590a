"""`ai-worker loops add-judge` and `judges`: the models that write and judge, kept with encrypted keys."""

from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from ai_worker.errors import BadRequest
from ai_worker.kit.terminal import harmless
from ai_worker.pipelines.loops.ids import new_id
from ai_worker.pipelines.loops.outgoing import sealed
from ai_worker.pipelines.loops.service import loops

WEB = ("http://", "https://")


def add_judge(
    base_url: Annotated[
        str,
        typer.Option("--base-url", help="Of an OpenAI-compatible API, such as https://api.openai.com/v1."),
    ],
    model: Annotated[str, typer.Option("--model", help="Its name of the model.")],
    name: Annotated[str, typer.Option("--name")] = "judge",
    key: Annotated[str, typer.Option("--key", envvar="LOOPS_JUDGE_KEY", help="Stored encrypted.")] = "",
    embed_base_url: Annotated[
        str, typer.Option("--embed-base-url", help="Of embeddings; empty: questions are compared by letters.")
    ] = "",
    embed_model: Annotated[str, typer.Option("--embed-model")] = "text-embedding-3-small",
    embed_key: Annotated[
        str, typer.Option("--embed-key", envvar="LOOPS_EMBED_KEY", help="Stored encrypted.")
    ] = "",
) -> None:
    """Add a judge configuration: the model that writes and judges questions. Prints its id.

    Example: [cyan]LOOPS_JUDGE_KEY=sk-… ai-worker loops add-judge --base-url https://api.openai.com/v1
    --model gpt-4o-mini[/cyan]
    """
    if not base_url.startswith(WEB) or not (embed_base_url or WEB[0]).startswith(WEB):
        raise BadRequest("--base-url and --embed-base-url must begin with http:// or https://")
    judge = new_id()
    (sealed_key, key_iv), (sealed_embed, embed_iv) = sealed(key), sealed(embed_key)
    loops().judges.insert(
        {
            "id": judge,
            "name": name,
            "base_url": base_url,
            "model": model,
            "api_key_encrypted": sealed_key,
            "api_key_iv": key_iv,
            "embed_base_url": embed_base_url,
            "embed_model": embed_model,
            "embed_api_key_encrypted": sealed_embed,
            "embed_api_key_iv": embed_iv,
        }
    )
    typer.echo(judge)


def list_judges() -> None:
    """List judge configurations, newest first, without their keys."""
    # The id is whole on 80 columns: other commands want it.
    table = Table(Column("judge", no_wrap=True), box=SIMPLE_HEAD, padding=0)
    for heading in ("name", "model", "base URL", "embeddings"):
        table.add_column(heading, overflow="fold")
    for row in loops().judges.all():
        embeddings = f"{row['embed_model']} at {row['embed_base_url']}" if row["embed_base_url"] else "-"
        cells = (*(str(row[name]) for name in ("name", "model", "base_url")), embeddings)
        table.add_row(row["id"], *(escape(harmless(cell)) for cell in cells))
    Console().print(table)
