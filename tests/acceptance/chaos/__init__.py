"""The long form of the fault suite: `python3 dev.py chaos`. Its parts also make the short form in
`tests/acceptance/faults`.
"""
