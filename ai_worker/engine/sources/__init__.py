"""Stores of rows: a MySQL table, collections of MongoDB.

Entry: `TableSource` and `CollectionSource`, both `Source`. Knows nothing of Celery or Redis.
"""
