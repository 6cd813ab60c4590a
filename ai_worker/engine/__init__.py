"""Rows to Celery tasks to rows: reservation, lease, fence, outcome, and the scanners that hand out what is
due.
"""
