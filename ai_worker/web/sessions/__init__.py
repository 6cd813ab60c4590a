"""Signing in to the panel: by an API key into a signed cookie, or by the header of a proxy in front.

Entry: `Sessions`, which the authentication middleware asks for the client of a browser's request, and
`signing`, the pages. It may not know what a signed-in client does: scopes are checked where the routers are
included.
"""
