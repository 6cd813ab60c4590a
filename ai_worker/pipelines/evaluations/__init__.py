"""Evaluations: language models asked about datasets in MongoDB, judged, scored and compared.

The entry for the engine is `tasks`, for the API `endpoints`, for the command line `commands`, for the panel
`panel`. It may not know another pipeline, the web floor or the command line's main module.
"""
