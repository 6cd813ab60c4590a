"""Money: prices, reservations, budgets and their ledger.

Entry: `budget.set_aside` before a call and `budget.settle` after it; `budget_status` for planners. Knows
    nothing of HTTP or limits.
"""
