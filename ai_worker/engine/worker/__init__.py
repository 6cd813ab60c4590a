"""From a message to the outcome of its row: claim, lease, work, retry, write.

Entry: `message.handle`. Knows nothing of scanning.
"""
