"""The client of MongoDB: what the URI prefers does not loosen what the engine counts on."""

import pytest
from pymongo import ReadPreference
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from ai_worker.stores.mongo import connect


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?readPreference=secondaryPreferred&w=1&readConcernLevel=local&retryWrites=false",
        "?replicaSet=rs0&readPreference=nearest&w=0",
    ],
)
def test_reads_that_follow_writes_see_them_whatever_the_uri_prefers(query: str) -> None:
    client = connect(f"mongodb://127.0.0.1:1/{query}")
    try:
        assert client.read_preference == ReadPreference.PRIMARY
        assert client.read_concern == ReadConcern("majority")
        assert client.write_concern == WriteConcern("majority")
        assert client.options.retry_writes is True
        queue = client["TrustGen"]["queue_x"]
        assert queue.read_preference == ReadPreference.PRIMARY
    finally:
        client.close()
