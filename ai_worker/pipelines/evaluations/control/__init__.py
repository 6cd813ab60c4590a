"""Pausing, resuming and cancelling the asking of a task, for command line, HTTP and panel alike.

Entry: `control.EvaluationControl` to say so, `suspension.suspension_of` to obey. Asks no model.
"""
