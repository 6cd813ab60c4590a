"""Names in Chinese characters. The entry is `ChineseNames`; it may know words of the lexicon, not the weights
of words in letters.
"""
