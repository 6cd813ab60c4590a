"""The words that engine and pipelines speak: rows, lanes, sources, pipelines, outcomes.

Entry: `pipeline.Pipeline` and `source.Source`. Imports nothing of the other rooms of the engine.
"""
