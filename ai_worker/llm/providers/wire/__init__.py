"""The part of a call that all providers share: one exchange, errors, waits, token counts, streams.

Entry: `exchange.exchange`. Knows no single provider, no limits and no money.
"""
