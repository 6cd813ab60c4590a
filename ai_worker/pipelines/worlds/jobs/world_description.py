"""generate_world_description: describes a world, then has its pictures and its people made."""

from ai_worker.engine.contract.row import Result
from ai_worker.pipelines.worlds import dag
from ai_worker.pipelines.worlds.answers.world import WorldDescription
from ai_worker.pipelines.worlds.documents.job import Job
from ai_worker.pipelines.worlds.jobs.children import Child, result_with
from ai_worker.pipelines.worlds.ports import Ports
from ai_worker.pipelines.worlds.prompts import fenced


def describe_world(job: Job, ports: Ports) -> Result:
    """Ask for the description; the owner's wish is fenced as text."""
    users, posts = job.number("users_count"), job.number("posts_count")
    variables = {
        "user_prompt": fenced(job.text("user_prompt")),
        "users_count": users,
        "posts_count": posts,
    }

    def do() -> dict[str, object]:
        answer = ports.asker.ask(
            "world_description", variables, WorldDescription, temperature=0.8, max_output_tokens=4096
        )
        return answer.model_dump()

    world = ports.steps.once("answer", do)
    ports.store.keep_parameters(job.world_id, world)
    children = [
        Child(dag.WORLD_IMAGE, {}),
        Child(dag.CHARACTER_BATCH, {"users_count": users, "posts_count": posts, "total_users_count": users}),
    ]
    told = {"world_name": "name", "world_description": "description", "world_theme": "theme"}
    return result_with(job, {key: world[name] for key, name in told.items()}, children)
