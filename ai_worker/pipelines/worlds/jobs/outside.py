"""Records at the platform that are created once, even where an answer is lost."""

from collections.abc import Callable

from ai_worker.pipelines.worlds.documents.job import Job
from ai_worker.pipelines.worlds.platform.errors import CannotLookUp, OutcomeUnknown, PlatformError
from ai_worker.pipelines.worlds.ports import Ports


def created(
    job: Job, ports: Ports, step: str, send: Callable[[str], str], find: Callable[[str], str | None]
) -> str:
    """The id of the record that this step, the last one of its job, creates.

    An answer that was lost is looked for at once: by the same call with the same key where the platform
    honours keys, else by a look-up. A try that follows a crash begins with the look-up.

    Args:
        send: creates the record with an idempotency key.
        find: looks for the record; raises CannotLookUp where the platform has no way.
    """

    def sent(_: str) -> str:
        try:
            return send(job.id)
        except OutcomeUnknown as unknown:
            if ports.platform.honours_keys:
                return send(job.id)
            return _found(find, job.id, unknown)
        except PlatformError as fault:
            if fault.outcome_known:
                ports.steps.forget(step)
            raise

    def looked_up(_: str) -> str | None:
        # With its key the same call may simply be repeated.
        return None if ports.platform.honours_keys else find(job.id)

    return str(ports.steps.once_outside(step, sent, looked_up, last=True))


def _found(find: Callable[[str], str | None], key: str, unknown: OutcomeUnknown) -> str:
    """The record that may have been created, else the failure as it was.

    A look-up that fails says nothing about the record, however well its own outcome is known.
    """
    try:
        found = find(key)
    except CannotLookUp:
        raise
    except PlatformError:
        raise unknown from None
    if found is None:
        raise unknown
    return found
