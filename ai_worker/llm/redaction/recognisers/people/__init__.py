"""Names of persons and dates of birth. It knows texts and words, not requests."""
