"""Threads and their messages: unique for a user and an assistant, in order, kept in MySQL.

The entries are `posting.post` for a new message and `reading` for what is there. It may not know models or
tools.
"""
