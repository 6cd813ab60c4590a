"""Kafka messages of worlds: those that start jobs, and those that report progress.

The entries are `consumer.TaskConsumer` and `announcing.Announcer`. They may not know how a job is worked: a
message is a hint, the document is the truth, and the scan finds what no message named.
"""
