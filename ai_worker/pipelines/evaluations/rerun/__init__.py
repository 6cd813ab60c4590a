"""Plans and changes of evaluations that have begun: apply, retry, reset, adopt.

Entry: `rerun`. Asks no model.
"""
