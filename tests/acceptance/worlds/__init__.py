"""Worlds by real worker processes: `ordering` orders and follows them, `proof` holds their books together."""
