"""Permits for calls: rate limits, cooldown, breaker and concurrency, cluster-wide in Redis or within one
process.

Entry: `current.limiter()`, a `Limiter`. Knows nothing of HTTP, money or rows.
"""
