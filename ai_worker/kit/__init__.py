"""The floor that pipelines share: between the engine, which knows nothing of models, and the models, which
know nothing of rows.

Entry: `llm_pipeline` for a whole pipeline; its parts (`attempt`, `admission`, `progress`) for pipelines that
need more. Knows no pipeline.
"""
