"""Heartbeats of pipelines in their stores: when one was released and when a worker answered it.

Entry: `contract.Heartbeats`, kept in a table or in a collection. Knows nothing of Celery or of rows.
"""
