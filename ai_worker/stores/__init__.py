"""Connections to MySQL, MongoDB, Redis, Kafka and object storage, batches over them, and the schema.

Entry: one module a store, e.g. `mysql.mysql()`, and `migrate.upgrade` for the schema. It may not know rows,
models or pipelines: what is stored for whom is decided above.
"""
