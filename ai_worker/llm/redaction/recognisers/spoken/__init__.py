"""Numbers and dates in words, as people dictate them: `born on the ninth of May fifty-eight`. The entry is
`Spoken`; it may know texts only.
"""
