"""Numbers of persons: telephones, national and tax numbers, accounts, cards, documents, plates. It knows
texts only."""
