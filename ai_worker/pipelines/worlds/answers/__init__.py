"""The answers that models are asked for, as pydantic classes, and the checks of what they return.

The entry is the class of each question; counts are never part of a schema, since providers refuse or ignore
them. It knows neither jobs nor stores.
"""
