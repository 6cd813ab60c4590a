"""The calendars of users: one port, bound to a CalDAV server or to the seed's calendar service.

The entry is `port.calendar`, by the settings. It may not know the registry.
"""
