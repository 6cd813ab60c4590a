"""Doubles for assistants: a model server that answers in three forms and refuses what the providers refuse,
and a CalDAV server.

The entries are `model_server.ToolModel` and `caldav_server.CalDavServer`. They may not know the pipeline.
"""
