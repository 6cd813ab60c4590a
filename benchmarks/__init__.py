"""Benchmarks of AI Worker beside its peers: `python3 dev.py bench`."""
