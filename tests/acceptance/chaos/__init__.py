"""The long form of the fault suite: `ai-worker chaos`. Its parts also make the short form in
`tests/acceptance/faults`.
"""
