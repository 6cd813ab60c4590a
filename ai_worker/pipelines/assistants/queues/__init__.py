"""The seed's Redis queues: messages taken from REDIS_QUEUE_TO_SECRETARY, answers put into
REDIS_QUEUE_TO_TELEGRAM.

The entries are `taking.take` and `answering.send_due`. It may not know models or tools.
"""
