"""Kafka messages of worlds: those that start jobs, and those that tell of progress.

The entries are `consumer.TaskConsumer` and `announcing.Announcer`.
A message is a hint and never work itself: the document is the truth, and the scan finds what no message
named.
"""
