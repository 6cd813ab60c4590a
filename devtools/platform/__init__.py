"""A double of the platform: real HTTP and real gRPC over one memory, strict about what the real one refuses.

The entry is `python -m devtools.platform`; `/control` over HTTP switches its faults and shows what it holds.
It imports nothing of the code under test but the table of gRPC messages.
"""
