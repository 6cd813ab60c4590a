"""A laboratory for each test."""

import pytest

from tests.integration.evaluations.lab import Lab


@pytest.fixture
def lab(mongodb_uri: str, mongo_database: str) -> Lab:
    """An evaluation in a database of the test's own."""
    return Lab(mongodb_uri, mongo_database)
