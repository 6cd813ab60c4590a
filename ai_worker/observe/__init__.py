"""Logs, metrics and sampled values of a process.

Entry: `logs.configure_logging` at the start of a process, `metrics` for counters, `sampled` for values that
are costly to read. It may not know stores, pipelines or the web.
"""
