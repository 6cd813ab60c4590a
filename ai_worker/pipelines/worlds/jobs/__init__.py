"""The work of each kind of job: one function each, of the job and its ports, returning a result with its
effects.

The entry is `WORK`. A function may be run again from its beginning at any point: answers, pictures and
records of earlier tries are found under the names of their steps. It knows no database, queue or HTTP.
"""

from collections.abc import Callable

from ai_worker.engine.contract.row import Result
from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.documents.job import Job
from ai_worker.pipelines.worlds.jobs.avatar import make_avatar
from ai_worker.pipelines.worlds.jobs.character import make_character
from ai_worker.pipelines.worlds.jobs.character_batch import outline_characters
from ai_worker.pipelines.worlds.jobs.init_world import open_world
from ai_worker.pipelines.worlds.jobs.post import write_post
from ai_worker.pipelines.worlds.jobs.post_batch import outline_posts
from ai_worker.pipelines.worlds.jobs.post_image import publish_with_picture
from ai_worker.pipelines.worlds.jobs.world_description import describe_world
from ai_worker.pipelines.worlds.jobs.world_image import picture_world
from ai_worker.pipelines.worlds.ports import Ports

WORK: dict[str, Callable[[Job, Ports], Result]] = {
    dag.INIT: open_world,
    dag.DESCRIPTION: describe_world,
    dag.WORLD_IMAGE: picture_world,
    dag.CHARACTER_BATCH: outline_characters,
    dag.CHARACTER: make_character,
    dag.AVATAR: make_avatar,
    dag.POST_BATCH: outline_posts,
    dag.POST: write_post,
    dag.POST_IMAGE: publish_with_picture,
}
