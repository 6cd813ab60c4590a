"""Connections to MySQL, MongoDB and Redis, and the schema."""
