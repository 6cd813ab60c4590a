"""Numbers weighed as personal or not, by weights that were learnt from letters. The entry is `Weighing`; it
may know texts and what the rules found in them, not requests.
"""
