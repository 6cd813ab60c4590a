"""The servers that dev.py and the tests start for themselves."""
