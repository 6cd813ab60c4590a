"""Dates of birth and names of persons; `data/` is built by `devtools/redaction/train.py`. It knows words, not requests."""
