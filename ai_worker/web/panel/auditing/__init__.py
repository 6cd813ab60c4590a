"""The audit log of the panel: actor, action, object.

Entry: the dependency `audited.audited` of every router, and `audit.AuditLog`, which stores entries. It may
not know what a page does: it notes the request and what the page says of it.
"""
