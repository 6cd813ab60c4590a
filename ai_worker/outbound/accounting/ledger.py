"""This process's side of a ledger: what it has reserved and what it still has to book, put into few postings.

- Calls that ask at the same moment are answered by one posting per account, and what has ended rides along.
- A posting says what this process holds afterwards and carries a number. So one whose answer was lost may be
  sent again and counts once.
- A process that is killed holds its reservations until its last posting's time ends; then the next reader of
the account gives them back. The final cost of its calls under way is unknown: at most one call each, in
  the history as `sent`. A process that was only frozen, and finds its share given back, takes it again before
  it continues.
"""

import os
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from ai_worker.errors import StoreUnavailable
from ai_worker.outbound.records.contract import Balance, Posting, Records
from ai_worker.stores.batches import PACE_SECONDS, Batches
from ai_worker.stores.last_writes import at_end

ANSWER_SECONDS = 30.0
CLOSE_SECONDS = 5.0
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Budget:
    """A budget that pays for a call.

    Args:
        scope: its account.
        limit: how much may be spent; None: it is only counted.
        name: for display.
    """

    scope: str
    limit: Decimal | None
    name: str


@dataclass(frozen=True, slots=True)
class Want:
    """A call that wants money.

    Args:
        budgets: each with a limit.
        amount: the most that it is estimated to cost.
        seconds: the longest that it may take until its end is booked.
    """

    budgets: Sequence[Budget]
    amount: Decimal
    seconds: float


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Not enough money in a budget.

    Args:
        spent: whether it would not be enough either if nothing of it were reserved.
    """

    budget: Budget
    balance: Balance
    amount: Decimal
    spent: bool


@dataclass(slots=True)
class Ended:
    """A call that has ended: in these accounts its reservation goes and its cost comes."""

    scopes: Sequence[str]
    reserved: Decimal
    cost: Decimal
    booked: bool = False


@dataclass(slots=True)
class _Account:
    """One account as this process sees it.

    Args:
        number, posted: of the last posting that was carried out: its number, and what it reported that this
            process holds.
        held: what it holds.
        owed: what calls have cost that is not in a posting yet.
        unsure: a posting that may have been carried out or not.
    """

    number: int = 0
    posted: Decimal = NOTHING
    held: Decimal = NOTHING
    owed: Decimal = NOTHING
    call_amount: Decimal = NOTHING
    seconds: float = 0.0
    unsure: Posting | None = None


@dataclass(slots=True)
class Ledger:
    """The accounts in one database, as this process uses them.

    Args:
        records: where they are.
    """

    records: Records
    owner: str = field(default_factory=lambda: secrets.token_hex(16))
    _accounts: dict[str, _Account] = field(default_factory=dict)
    _batches: Batches[Want, Ended, Shortfall | bool] = field(init=False)

    def __post_init__(self) -> None:
        self._batches = Batches(self._send, self._unwanted, pace=PACE_SECONDS)

    def reserve(self, want: Want, *, urgent: bool = False) -> Shortfall | None:
        """Set the amount aside in every budget, or in none of them.

        Args:
            urgent: whether a slot stands idle until the call leaves.

        Returns:
            What it falls short in; None where it is reserved, until `end`.

        Raises:
            StoreUnavailable: the ledger cannot be reached.
        """
        try:
            answer = self._batches.ask(want, ANSWER_SECONDS, urgent=urgent)
        except StoreUnavailable as fault:
            raise StoreUnavailable(
                "the budget's ledger does not answer, and nothing is asked without it"
            ) from fault
        return answer if isinstance(answer, Shortfall) else None

    def end(self, scopes: Sequence[str], reserved: Decimal, cost: Decimal) -> None:
        """A call has ended. Never raises, never waits.

        Args:
            reserved: what was set aside for it.
            cost: what it really cost.
        """
        self._batches.tell(Ended(scopes, reserved, cost))

    def flush(self, seconds: float = ANSWER_SECONDS) -> bool:
        """Wait until every posting is written. Returns whether it was in time."""
        return self._batches.flush(seconds)

    def close(self) -> None:
        """Book what is left and end."""
        self._batches.close(CLOSE_SECONDS)

    def _send(self, wants: Sequence[Want], notes: Sequence[Ended]) -> list[Shortfall | bool]:
        for note in notes:
            self._owe(note)
        short: dict[int, Shortfall] = {}
        reserved: list[tuple[Want, str]] = []
        try:
            for scope in self._touched(wants, notes):
                asking = [
                    (index, want)
                    for index, want in enumerate(wants)
                    if index not in short and _pays(want, scope)
                ]
                short |= self._book(scope, asking)
                reserved += [(want, scope) for index, want in asking if index not in short]
        except StoreUnavailable:
            for want, scope in reserved:
                self._accounts[scope].held -= want.amount
            raise
        refused = {id(wants[index]) for index in short}
        for want, scope in reserved:
            if id(want) in refused:
                # It fell short in a later budget; the next posting gives back what it got out of this one.
                self._accounts[scope].held -= want.amount
                self._batches.tell(Ended((), NOTHING, NOTHING))
        return [short.get(index, True) for index in range(len(wants))]

    def _owe(self, note: Ended) -> None:
        if note.booked:
            return
        note.booked = True
        for scope in note.scopes:
            account = self._accounts.setdefault(scope, _Account())
            account.owed += note.cost
            account.held -= note.reserved
            account.call_amount = max(note.cost, note.reserved)

    def _touched(self, wants: Sequence[Want], notes: Sequence[Ended]) -> Iterable[str]:
        """Accounts to post to, each once, and those that an outage left something to post for."""
        named = [budget.scope for want in wants for budget in want.budgets] + [
            scope for note in notes for scope in note.scopes
        ]
        behind = [
            scope
            for scope, account in self._accounts.items()
            if account.unsure or account.owed or account.held != account.posted
        ]
        return list(dict.fromkeys([*named, *behind]))

    def _book(self, scope: str, asking: Sequence[tuple[int, Want]]) -> dict[int, Shortfall]:
        """Post what has changed, and as many of the wants as there is money for; those that there is none
        for.
        """
        account = self._accounts.setdefault(scope, _Account())
        if account.unsure is not None:
            self._carry(account, account.unsure)
        if not asking:
            if account.owed or account.held != account.posted:
                self._carry(account, self._posting(scope, account))
            return {}
        account.seconds = max(account.seconds, *(want.seconds for _, want in asking))
        account.call_amount = max(want.amount for _, want in asking)
        budget = _budget(asking[-1][1], scope)
        if self._take(account, [want for _, want in asking], budget):
            return {}
        return self._take_some(account, asking, budget)

    def _take(self, account: _Account, wants: Sequence[Want], budget: Budget) -> bool:
        total = sum((want.amount for want in wants), NOTHING)
        taken = self._carry(account, self._posting(budget.scope, account, total, budget.limit))
        if taken:
            account.held += total
        return taken

    def _take_some(
        self, account: _Account, asking: Sequence[tuple[int, Want]], budget: Budget
    ) -> dict[int, Shortfall]:
        self._carry(account, self._posting(budget.scope, account))
        balance, limit = self.records.balances([budget.scope])[budget.scope], budget.limit or NOTHING
        left = limit - balance.spent - balance.reserved
        short: dict[int, Shortfall] = {}
        fitting: list[Want] = []
        for index, want in asking:
            if want.amount <= left:
                left -= want.amount
                fitting.append(want)
            else:
                short[index] = Shortfall(
                    budget, balance, want.amount, spent=balance.spent + want.amount > limit
                )
        if fitting and not self._take(account, fitting, budget):
            # Another process was faster. There was money a moment ago, so it is not spent but reserved.
            return {
                index: short.get(index) or Shortfall(budget, balance, want.amount, spent=False)
                for index, want in asking
            }
        return short

    def _posting(
        self, scope: str, account: _Account, take: Decimal = NOTHING, limit: Decimal | None = None
    ) -> Posting:
        held = account.held + take
        change = held - account.posted
        return Posting(
            scope,
            self.owner,
            account.number + 1,
            change,
            held,
            account.owed,
            limit,
            account.call_amount,
            account.seconds,
        )

    def _carry(self, account: _Account, posting: Posting) -> bool:
        account.unsure = posting
        done = self.records.post(posting)
        account.unsure = None
        if done:
            account.number, account.posted = posting.number, posting.held
            account.owed -= posting.spent
        return done

    def _unwanted(self, want: Want, answer: Shortfall | bool) -> None:
        if answer is True:
            self.end([budget.scope for budget in want.budgets], want.amount, NOTHING)


def _pays(want: Want, scope: str) -> bool:
    return any(budget.scope == scope for budget in want.budgets)


def _budget(want: Want, scope: str) -> Budget:
    return next(budget for budget in want.budgets if budget.scope == scope)


@lru_cache(maxsize=256)
def _ledger_of(process: int, records: Records) -> Ledger:
    made = Ledger(records)
    at_end(made.close)
    return made


def ledger_of(records: Records) -> Ledger:
    """This process's ledger in these records."""
    return _ledger_of(os.getpid(), records)
