"""The Celery app in an image that holds other libraries, all of them imported before it: for `celery -A
tests.acceptance.faults.beside`.
"""

import sys
from importlib import import_module
from importlib.util import find_spec

LIBRARIES = (
    "httpx",
    "grpc",
    "openai",
    "anthropic",
    "opentelemetry.trace",
    "opentelemetry.sdk.trace",
    "opentelemetry.instrumentation.celery",
    "opentelemetry.instrumentation.redis",
    "opentelemetry.instrumentation.pymysql",
)


def _is_there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


_found = [name for name in LIBRARIES if _is_there(name)]
for _name in _found:
    import_module(_name)
sys.stderr.write(f"beside {' '.join(_found)}\n")
if "opentelemetry.instrumentation.celery" in _found:
    import_module("opentelemetry.instrumentation.celery").CeleryInstrumentor().instrument()
if "opentelemetry.instrumentation.pymysql" in _found:
    import_module("opentelemetry.instrumentation.pymysql").PyMySQLInstrumentor().instrument()
if "opentelemetry.instrumentation.redis" in _found:
    import_module("opentelemetry.instrumentation.redis").RedisInstrumentor().instrument()

app = import_module("ai_worker.app").app
