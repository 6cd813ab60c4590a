"""Numbers of persons: telephones, national and tax numbers, accounts, cards, documents, plates. The entries
are the recognisers of each module; they may know texts only.
"""
