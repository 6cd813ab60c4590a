"""Words weighed as parts of names, by weights that were learnt from letters."""
