"""The parts of `dev.py`: the standard library only, since it runs before anything is installed."""
