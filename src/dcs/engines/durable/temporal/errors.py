"""What a cluster may answer, in the families of this product."""

from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.client import (
    WorkflowQueryFailedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from dcs.core.errors import ConflictError, InvalidError, NotFoundError, UnavailableError


class ProcessExistsError(ConflictError):
    """A process with this id was started before; it may have ended."""

    code = "process_exists"


class ProcessNotRunningError(NotFoundError):
    """There is no such process, or it has ended."""

    code = "process_not_running"


class MessageRefusedError(InvalidError):
    """What was sent to a process is no event of it."""

    code = "message_refused"


class TemporalRefusedError(InvalidError):
    """The cluster refused a request that no repetition would repair."""

    code = "temporal_refused"


@contextmanager
def in_families() -> Iterator[None]:
    """Turn the errors of the cluster into families; its own texts stay in the chain."""
    try:
        yield
    except WorkflowAlreadyStartedError as error:
        raise ProcessExistsError("This process was started before.") from error
    except (WorkflowQueryFailedError, WorkflowUpdateFailedError) as error:
        raise UnavailableError("The process could not answer.") from error
    except WorkflowUpdateRPCTimeoutOrCancelledError as error:
        raise UnavailableError("No worker answered in time.") from error
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise ProcessNotRunningError("There is no such process, or it has ended.") from error
        if error.status is RPCStatusCode.INVALID_ARGUMENT:
            raise TemporalRefusedError("Temporal refused the request as it is.") from error
        raise UnavailableError("Temporal did not answer.") from error
