"""The registry: assistants, tools and links in MySQL, their immutable versions, and the copy that each worker
runs.

The entry is `service` for changes and `cache` for readers. It may not know threads, messages, models or HTTP.
"""
