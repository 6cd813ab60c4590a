"""Streets, towns and coordinates of homes. The entries are `Addresses` and `Coordinates`; they may know texts
only.
"""
