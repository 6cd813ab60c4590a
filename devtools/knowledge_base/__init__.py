"""A strict double of a knowledge base over real HTTP: the server that loops test, and RAGFlow, Dify and
FastGPT beside it.

`python -m devtools.knowledge_base --port 8098 samples/loops/documents` serves Markdown files; tests use
`KnowledgeBaseServer`. It knows
nothing of the pipeline but its chunks and its lexical retriever.
"""
