"""Tasks and items as the web app shows them, cheap enough to be polled.

Entry: `view`. Changes nothing.
"""
