"""The sample work: loaded, followed, and shown with its results.

Entry: `demo`. Used by `dev.py demo` alone. Every pipeline brings its part along as a module `demo` (see
`part`); nothing here names a pipeline.
"""
