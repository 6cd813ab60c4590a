"""The kind of a change: spelling, grammar, punctuation, style or meaning.

`in_context.Naming` is the one entry; it reads both texts, classifies the two sides of an edit, and gives the
reason in a few words.
The rules and word lists know neither how edits were found nor what becomes of them.
"""
