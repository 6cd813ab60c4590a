"""A small deterministic model server for demos, tests and machines without a key: `python -m
devtools.offline_model --port 8099`.

It speaks the chat completions of OpenAI, the `generateContent` of Gemini and the `API_URL` contract of the
evaluation scripts, and can be made to fail over `/control` in the ways in which providers fail. A leaf: it
imports nothing else of `ai_worker`.
"""
