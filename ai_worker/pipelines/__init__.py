"""One folder for each kind of work; they never import each other."""
