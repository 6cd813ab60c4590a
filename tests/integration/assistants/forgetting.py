"""Have the settings read anew, and everything made of them made anew."""

from ai_worker.outbound.limits import current
from ai_worker.outbound.records.request_log import request_log
from ai_worker.pipelines.assistants import options
from ai_worker.pipelines.assistants.registry import cache
from ai_worker.settings import settings
from ai_worker.stores import mysql as mysql_store


def forget() -> None:
    """Forget the settings of the test before."""
    request_log().flush()
    if current._limiter.cache_info().currsize:
        current.limiter().close()
    if cache.config_cache.cache_info().currsize:
        cache.config_cache().close()
    if mysql_store.mysql.cache_info().currsize:
        mysql_store.mysql().close()
    for cached in (settings, options.options, mysql_store.mysql, cache.config_cache, current._limiter):
        cached.cache_clear()
