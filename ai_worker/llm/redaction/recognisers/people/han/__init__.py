"""Names in Chinese characters. The entry is `ChineseNames`; it may know words of the lexicon, not Latin letters'
weights.
"""
