"""The panel: server-rendered pages under /panel for reviewers and operators, /docs, and the start page.

Entry: `mount.install`. It finds the pages of each pipeline by name (`ai_worker.pipelines.NAME.panel`) and may
not name a pipeline itself; it reads stores through the services of the floors below and holds no state but
what is sampled.
"""
