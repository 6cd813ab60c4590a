"""Approved questions as files: Markdown and JSON as the front end's server wrote them, CSV for spreadsheets.

Its entry is `exported`. It may not know databases or HTTP.
"""
