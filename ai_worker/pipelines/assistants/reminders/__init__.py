"""Reminders: rows with an instant, delivered as messages of their own when it has come.

The entry is `delivery.deliver_due`, run by beat, and `store.StoredReminders` for the tool. It may not know
models.
"""
