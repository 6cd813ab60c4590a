"""The endpoints of knowledge bases, as their lanes are planned."""

import pytest

from ai_worker.pipelines.loops.outgoing import planned_server


@pytest.mark.parametrize("address", ["http://[::1", "http://kb:80b", "nonsense"])
def test_a_faulty_address_of_one_loop_stops_no_other_loop(address: str) -> None:
    row = {
        "env_type": "dagent",
        "env_url": address,
        "org_id": "o",
        "agent_id": "",
        "env_key_encrypted": None,
        "env_key_iv": None,
    }
    assert planned_server(row).base_url == address
