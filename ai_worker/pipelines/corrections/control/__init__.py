"""Selecting, starting, pausing, resuming, cancelling and retrying correction tasks.

Entry: `control` and `selection.chosen_items`. Asks no model.
"""
