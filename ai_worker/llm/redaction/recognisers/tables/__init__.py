"""Tables and forms, in which the head of a column says what stands below it. The entry is `Columns`; it may
know texts only.
"""
