"""Markup that no model may change: it travels as placeholders, and what comes back is checked, repaired where
that is certain.

`protecting.protect` is the one entry: the text as the model sees it, and the way back from an answer.
The room knows texts and their formats; it neither asks models nor stores anything.
"""
