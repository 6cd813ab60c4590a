"""Names of persons and dates of birth. The entries are `PersonNames`, `ChineseNames` and `BirthDates`; they
may know texts and words, not requests.
"""
