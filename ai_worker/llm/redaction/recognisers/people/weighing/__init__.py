"""Words weighed as parts of names, by weights that were learnt from letters. The entry is `weighed_names`; it
may know words and their neighbours, not texts of a request.
"""
