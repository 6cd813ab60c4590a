"""Dates of birth, in digits and in words. The entries are `BirthDates` and `DATE`; they may know texts
only.
"""
