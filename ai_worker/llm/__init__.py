"""Questions to models: prompt, redaction, provider, schema, answer.

Entry: `asking.ask`, which applies limits, breaker, budget and request log of `outbound/` to each question. It
may not know rows, pipelines or Celery.
"""
