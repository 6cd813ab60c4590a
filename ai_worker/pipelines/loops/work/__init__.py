"""The work of each kind of row: a claim's fields and ports in, a `Result` out.

Its entry is `kinds.KINDS`. It may not know Celery; which rows are claimed, retried and given up is the
engine's business.
"""
