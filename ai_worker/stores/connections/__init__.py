"""Connections to stores beside their clients: TLS, sentinels, what errors mean, what a server must be.

Entry: the clients in `stores/mysql.py`, `mongo.py` and `redis.py`. Knows no table, key or row.
"""
