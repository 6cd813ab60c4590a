"""An evaluation in one process: rows of a file, models asked at once, the results in a file.

Entry: `run.TrialRun`. It may not know a database, Redis or Celery.
"""
