"""Names in Chinese characters. The entry is `ChineseNames`; it may know texts and words, not requests."""
