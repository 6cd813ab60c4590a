"""The form fields of a new loop and of a judge configuration, with the seed's names and defaults."""

from typing import Annotated

from fastapi import Form
from pydantic import BaseModel, Field

Id = Annotated[str, Field(max_length=190)]
Count = Annotated[int, Field(ge=0, le=1_000_000_000)]


class NewLoop(BaseModel):
    """A new loop. `env_type`, `env_key` and `retest_of` are ours; the front end does not send them.

    Args:
        file_ids: comma-separated; empty: the whole knowledge base.
        top_k: places of the list that count for hits.
        recall_top_k: items that the knowledge base is asked for.
        agent_id: where set, the agent is asked in place of the search.
        max_rounds, max_questions: 0: no limit.
        expected_chunk_count: where more than 0, fewer listed chunks fail the loop.
        env_type: the kind of server at `env_url`.
        env_key: its key, for those that want one; `org_id` is then the dataset's id.
        retest_of: a loop whose approved questions are tested again, without new ones.
    """

    name: Annotated[str, Field(max_length=400)]
    org_id: Id
    judge_config_id: Annotated[str, Field(max_length=36)]
    file_ids: str = ""
    questions_per_section: Annotated[int, Field(ge=1, le=100)] = 5
    quality_threshold: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] = 0.6
    include_multimodal: bool = True
    env_url: Annotated[str, Field(max_length=500)]
    d_user_id: Id = "test"
    agent_id: Id = ""
    top_k: Annotated[int, Field(ge=1, le=1000)] = 64
    recall_top_k: Annotated[int, Field(ge=1, le=1000)] = 64
    concurrency: Annotated[int, Field(ge=1, le=1000)] = 20
    cross_chunk: bool = True
    max_rounds: Count = 0
    max_questions: Count = 0
    global_dedup: bool = False
    expected_chunk_count: int = Field(0, le=1_000_000_000, ge=-1_000_000_000)
    env_type: str = "dagent"
    env_key: Annotated[str, Field(max_length=1000)] = ""
    retest_of: Annotated[str, Field(max_length=36)] = ""


class NewJudge(BaseModel):
    """A new judge configuration. Its keys are stored encrypted and never come out again."""

    name: Annotated[str, Field(max_length=190)]
    base_url: Annotated[str, Field(max_length=500, pattern=r"^https?://")]
    api_key: Annotated[str, Field(max_length=1000)] = ""
    model: Annotated[str, Field(max_length=190)]
    embed_base_url: Annotated[str, Field(max_length=500, pattern=r"^(https?://|$)")] = ""
    embed_api_key: Annotated[str, Field(max_length=1000)] = ""
    embed_model: Annotated[str, Field(max_length=190)] = "text-embedding-3-small"


LoopForm = Annotated[NewLoop, Form()]
