"""Facts about words: names, surnames, ordinary words and cues. The entry is `lexicon`; `data/` is built by
`devtools/redaction/train.py`. It may not know texts."""
