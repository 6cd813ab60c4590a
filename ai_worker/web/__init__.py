"""The HTTP API: authentication, limits, problems as JSON, progress, readiness, metrics, control.

Entry: `application.create_application`; each pipeline's paths are found in the pipeline's own folder. It may
not know SQL of a pipeline, the engine's internals, or a pipeline by name.
"""
