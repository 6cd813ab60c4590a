"""The registry, threads and messages over HTTP, under `/assistants`, `/tools`, … and under `/api/…` alike.

The entry is `routers.ROUTERS`. It may not know how anything is stored.
"""
