"""Numbers of papers and registers of persons that a word in their neighbourhood gives away: passports,
licences, insurance, tax, study and membership numbers, accounts. The entry is `Papers`; it may know texts
only.
"""
