"""Every call that leaves for a server, a model or not.

One entry: an `Endpoint` (address, limits, price) with a `CallContext` (the row on whose behalf it leaves);
`limits/` grants permits, `http/` carries the bytes, `accounting/` reserves money, `records/` writes the
request log. Knows nothing of prompts, rows of pipelines or Celery.
"""
