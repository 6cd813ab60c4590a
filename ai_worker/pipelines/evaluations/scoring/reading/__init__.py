"""Reading what models write: texts without their dress, numbers, options, the verdict that words amount to.

Everything here is a function of text alone. It may not know targets, metrics or verdicts.
"""
