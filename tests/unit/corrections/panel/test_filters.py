"""The filter that lives in the URL."""

from urllib.parse import parse_qsl

import pytest
from pydantic import ValidationError

from ai_worker.pipelines.corrections.panel.filters import ReviewFilter


def test_a_filter_comes_back_from_its_address() -> None:
    wanted = ReviewFilter(task=7, changed="yes", warning=True, model="a/b c", search="100% & _more_?")
    path, _, query = wanted.address("review").partition("?")
    assert path == "/panel/corrections/review"
    assert ReviewFilter.model_validate(dict(parse_qsl(query))) == wanted
    assert ReviewFilter().address("review") == "/panel/corrections/review"
    assert ReviewFilter(task=7).address("review", after=3).endswith("?task=7&after=3")


def test_every_value_is_bound_and_every_mark_has_its_value() -> None:
    wanted = ReviewFilter(task=7, changed="no", warning=True, model="m", prompt_version="p", search="50%_")
    sql, values = wanted.conditions()
    assert sql.count("%s") == len(values) == 4
    assert values[-1] == "%50\\%\\_%"
    assert ReviewFilter(task=7).conditions() == ("", [])


@pytest.mark.parametrize(
    "wrong", [{"task": -1}, {"task": 2**63}, {"status": "PENDING"}, {"changed": "perhaps"}]
)
def test_what_no_filter_has_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ReviewFilter.model_validate(wrong)
