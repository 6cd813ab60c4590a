"""Worlds: fills a virtual world with people and posts, as a DAG of nine kinds of jobs held in MongoDB.

The entry is `tasks.py`, which declares the pipeline to the engine; each kind's work is one function in
`jobs/`. It may know the engine, the models, the stores and the platform behind `platform/port.py`; it knows
no other pipeline.
"""
