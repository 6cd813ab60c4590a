"""Answers about invented worlds: descriptions, people, posts, prompts of pictures, as many as a question asks
for.

The entry is `tell.story`; it recognises a question by the fields of its schema.
It knows neither jobs nor the platform: only the words of a question.
"""
