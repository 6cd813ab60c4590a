"""Pictures by models: three providers (Gemini, OpenAI-compatible, a drawn placeholder) behind one contract.

The entry is `painting.paint`, which limits, breaker, budget and request log surround as they do any question.
It knows nothing of who wants the picture, nor where it is kept.
"""
