"""The changes between a text and its corrected form: found, named, counted, stored.

`changes.diff` is the one entry; a reviewer's list, the summary and the exported text all come from its
changes.
The room knows texts only: neither models, nor prompts, nor markup, nor the task that a text belongs to.
"""
