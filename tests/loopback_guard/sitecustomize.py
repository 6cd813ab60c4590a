"""Python imports this module at its start where PYTHONPATH leads to it: processes that tests start are held
as the tests are.
"""

import loopback_guard  # noqa: F401 - at work from its import on
