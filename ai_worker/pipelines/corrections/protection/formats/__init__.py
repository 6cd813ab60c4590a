"""One lexer per format: which stretches of a text are markup, and which are words for a reader.

`lexers.lex` is the one entry: it takes a text and the name of its format, and returns spans in order, none
overlapping.
A lexer only reads; it does not know what becomes of its spans.
"""
