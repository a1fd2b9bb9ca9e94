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

from dcs.core.errors import InvalidError, UnavailableError
from dcs.engines.durable.hosting import ProcessExistsError, ProcessNotRunningError

AGAIN = 5  # seconds after which somebody who was not answered may ask again


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
        raise UnavailableError("The process could not answer.", retry_after=AGAIN) from error
    except WorkflowUpdateRPCTimeoutOrCancelledError as error:
        raise UnavailableError("No worker answered in time.", retry_after=AGAIN) from error
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise ProcessNotRunningError("There is no such process, or it has ended.") from error
        if error.status is RPCStatusCode.INVALID_ARGUMENT:
            raise TemporalRefusedError("Temporal refused the request as it is.") from error
        raise UnavailableError("Temporal did not answer.", retry_after=AGAIN) from error
