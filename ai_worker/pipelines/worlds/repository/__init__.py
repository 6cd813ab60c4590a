"""Every query of worlds: jobs, status, descriptions, calls and pictures in waiting, in one MongoDB database.

The entry is `WorldRepository`. Only what MongoDB's manual promises is used: updates of single documents are
atomic. It knows no model and no platform.
"""

from ai_worker.pipelines.worlds.repository.repository import WorldRepository

__all__ = ["WorldRepository"]
