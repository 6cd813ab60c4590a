"""The connection to the broker: a transport that fetches by free slots, reconnection, heartbeats.

Entry: the Celery app, which names these classes. Knows nothing of rows but the names of their queues.
"""
