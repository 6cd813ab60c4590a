"""From due rows to Celery messages: scanning, fair shares, the prefetch window, publishing.

Entry: `scan.scan` and `scan.request_scan`. Knows nothing of what is done with a row.
"""
