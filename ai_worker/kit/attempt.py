"""One attempt at a row: the context of its calls, and what they took as fields of the row, also on
failure.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

from bson.decimal128 import Decimal128

from ai_worker.engine.contract.row import Claim
from ai_worker.errors import WorkError
from ai_worker.outbound.context import CallContext
from ai_worker.outbound.records.contract import Records
from ai_worker.outbound.usage import Spending


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at a row.

    Args:
        context: on whose behalf its calls are made; it adds up what they take.
        before: the row's fields, which hold what earlier attempts took.
    """

    context: CallContext
    before: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        claim: Claim,
        *,
        pipeline: str,
        task: str,
        records: Records | None,
        row: str | None = None,
        budget: Decimal | None = None,
        redact: bool = True,
    ) -> "Attempt":
        """The attempt that a claim begins.

        Args:
            task: the task that the row belongs to, as its budget and its users know it.
            records: where its requests are logged and its money is counted.
            row: the row's id as its users know it; the claim's if None.
            budget: the most that all requests of the task may cost together.
            redact: whether personal data is replaced before a text leaves.
        """
        context = CallContext(
            pipeline=pipeline,
            task=task,
            row=row or str(claim.fields.get("_id", claim.row_id)),
            operation_uuid=str(uuid4()),
            attempt=claim.attempts + 1,
            redact=redact,
            records=records,
            budget=budget,
        )
        return cls(context, claim.fields)

    @property
    def fields(self) -> dict[str, Any]:
        """The columns to store with the outcome: operation, tokens and cost, those of earlier attempts
        included.
        """
        return {"operation_uuid": self.context.operation_uuid, **spent(self.before, self.context.spending)}

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Have the fields stored also where the block raises a WorkError."""
        try:
            yield
        except WorkError as error:
            error.record.update(self.fields)
            raise


def spent(before: Mapping[str, Any], spending: Spending) -> dict[str, Any]:
    """Tokens and cost of a row, those of its earlier attempts included; nothing where nothing was asked.

    Args:
        before: the row as it is stored, with `tokens_input`, `tokens_output` and `cost`.
    """
    if spending == Spending():
        return {}
    costs = [cost for cost in (_decimal(before.get("cost")), spending.cost) if cost is not None]
    return {
        "tokens_input": _count(before.get("tokens_input")) + spending.usage.input,
        "tokens_output": _count(before.get("tokens_output")) + spending.usage.output,
        "cost": sum(costs, Decimal(0)) if costs else None,
    }


def _decimal(value: object) -> Decimal | None:
    if isinstance(value, Decimal128):
        return value.to_decimal()
    return value if isinstance(value, Decimal) else None


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
