"""The engine: rows to Celery tasks to rows, with reservation, lease, fence, outcome, and scanners that hand
out what is due.

Entry: `contract/` for pipelines, `binding.bind` for the Celery app. It may not know models, prompts or money.
"""
