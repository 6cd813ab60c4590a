"""The placeholders that came back: read, put right where one reading is certain, and put into the text
again.

`reading.Returned` is the one entry; it takes the text that was sent, its marks, and the answer.
It knows placeholders and their roles, not the notations that stand behind them.
"""
