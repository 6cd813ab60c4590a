"""MongoDB collections as a source of rows.

The engine's own fields in such a document: `due_at`, `lease_token`, `attempts`, `lost`, `first_attempt_at`,
`error_class`, `error`, `checkpoints`, `outbox`, `outbox_at`. Only what MongoDB's manual promises is used:
single-document atomicity of updates, multi-updates that check their filter document by document, indexes
whose equality fields come first.
"""

from ai_worker.engine.sources.collection_owning import CollectionOwning
from ai_worker.engine.sources.collection_reserving import CollectionReserving


class CollectionSource(CollectionReserving, CollectionOwning):
    """Documents of collections, for scanners and owners. See `Source` for what each method promises."""
