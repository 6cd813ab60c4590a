"""What is known of words: names, surnames, ordinary words and cues; `data/` is built by
`devtools/redaction/train.py`. It knows no text."""
