"""Start processes on a Temporal cluster, tell them what happened, ask them, and do their work."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    SetWorkerDeploymentCurrentVersionRequest,
)
from temporalio.client import Client, WorkflowHandle
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    VersioningBehavior,
    WorkerDeploymentVersion,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.service import RPCError
from temporalio.worker import Worker, WorkerDeploymentConfig, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from dcs.core.errors import InvalidError, UnavailableError
from dcs.engines.durable.hosting import Answer, ProcessNotRunningError, Start
from dcs.engines.durable.process import Hosted, Json
from dcs.engines.durable.temporal.activities import activities
from dcs.engines.durable.temporal.errors import (
    MessageRefusedError,
    TemporalRefusedError,
    in_families,
)
from dcs.engines.durable.temporal.logs import runtime
from dcs.engines.durable.temporal.messages import WORKFLOW, Message
from dcs.engines.durable.temporal.options import DEPLOYMENT, TemporalOptions
from dcs.engines.durable.temporal.registry import register
from dcs.engines.durable.temporal.workflow import ProcessWorkflow

PATIENCE = 5.0  # seconds in which a cluster has to answer at the start
ANSWER = timedelta(seconds=10)  # for one call
CHECK = timedelta(seconds=2)  # for a question about its health
GRACE = timedelta(seconds=5)  # for running activities when a worker is stopped
STICKY = timedelta(seconds=5)  # after which another worker goes on for one that has died
STARTING = "starting"  # the status of a process that has not been decided for the first time

# Loaded once and shared with every sandbox; the workflow itself is loaded anew in each.
PASSED_THROUGH = (
    "dcs.core",
    "dcs.engines.database",
    "dcs.engines.durable.hosting",
    "dcs.engines.durable.process",
    "dcs.engines.durable.temporal.messages",
    "dcs.engines.durable.temporal.registry",
)


async def connect(options: TemporalOptions) -> "TemporalEngine":
    """
    Return an engine on a cluster that has answered and knows the namespace.

    Raises:
        UnavailableError: It did not answer within five seconds, or knows no such
            namespace; the text says which address.
        InvalidError: A certificate cannot be read.
    """
    where = f"Temporal at {options.address}, namespace {options.namespace}"
    try:
        tls = options.tls_config()
    except OSError as error:
        raise InvalidError("A certificate for Temporal cannot be read.") from error
    try:
        async with asyncio.timeout(PATIENCE):
            client = await Client.connect(
                options.address,
                namespace=options.namespace,
                api_key=None if options.api_key is None else options.api_key.get_secret_value(),
                tls=tls,
                runtime=runtime(),
            )
            await client.workflow_service.describe_namespace(
                DescribeNamespaceRequest(namespace=options.namespace)
            )
    except (RuntimeError, RPCError, TimeoutError) as error:
        raise UnavailableError(f"{where}, did not answer as it should.") from error
    return TemporalEngine(client, options)


class TemporalEngine:
    """Processes on one cluster, in one namespace."""

    def __init__(self, client: Client, options: TemporalOptions) -> None:
        self.client = client
        self.options = options

    async def start(self, workflow_id: str, first: Start, attributes: Mapping[str, str]) -> None:
        """
        Start a process with its first event.

        Args:
            workflow_id: Its name on the cluster, there only once, also after its end
                for as long as the namespace remembers it.
            first: What kind of process, which, whose, and its first event.
            attributes: What it is found by besides ``TenantId`` and ``Status``; the
                cluster has to know each as a Keyword.

        Raises:
            ProcessExistsError: It was started before.
            TemporalRefusedError: The cluster does not know an attribute.
            UnavailableError: The cluster did not answer; it may have been started.
        """
        with in_families():
            await self.client.start_workflow(
                WORKFLOW,
                first,
                id=workflow_id,
                task_queue=self.options.queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                search_attributes=_keywords(
                    {**attributes, "TenantId": first.tenant, "Status": STARTING}
                ),
                rpc_timeout=ANSWER,
            )

    async def tell(self, workflow_id: str, key: str, event: Json) -> None:
        """
        Tell a process that something happened; it is answered in its own time.

        Args:
            workflow_id: Which process.
            key: Of several messages with one key the first counts, so a sender
                that does not know whether it was heard simply says it again.
            event: What happened.

        Raises:
            ProcessNotRunningError: There is no such process, or it has ended.
            UnavailableError: The cluster did not answer.
        """
        with in_families():
            message = Message(key, dict(event))
            await self._handle(workflow_id).signal("message", message, rpc_timeout=ANSWER)

    async def ask(self, workflow_id: str, key: str, event: Json) -> Answer:
        """
        Tell a process that something happened, and return what came of it once that is kept.

        Asking again with the same *key* returns the same answer; only a process
        whose history was begun anew since then has forgotten it.

        Raises:
            MessageRefusedError: It is no event of this process; nothing was kept.
            ProcessNotRunningError: There is no such process, or it has ended.
            UnavailableError: No cluster or no worker answered in time; it may yet happen.
        """
        with in_families():
            answer: Answer = await self._handle(workflow_id).execute_update(
                "ask", Message(key, dict(event)), id=key, result_type=Answer, rpc_timeout=ANSWER
            )
        if answer.refused is not None:
            raise MessageRefusedError("This is no event of the process.", refused=answer.refused)
        return answer

    async def expedite(self, workflow_id: str) -> None:
        """Ask for a process to be done sooner, as an operator does; errors as of `tell`."""
        with in_families():
            await self._handle(workflow_id).signal("expedite", rpc_timeout=ANSWER)

    async def cancel(self, workflow_id: str) -> None:
        """Cancel a process, as an operator does: it decides what that means; errors as of `tell`."""
        with in_families():
            await self._handle(workflow_id).cancel(rpc_timeout=ANSWER)

    async def status(self, workflow_id: str) -> Json:
        """
        Return what may be shown of a process, also after its end; empty before its first step.

        Raises:
            ProcessNotRunningError: There is no such process.
            UnavailableError: No cluster or no worker answered.
        """
        with in_families():
            found: Json = await self._handle(workflow_id).query(
                "getStatus", result_type=dict[str, Any], rpc_timeout=ANSWER
            )
            return found

    def worker(self, hosted: Mapping[str, Hosted]) -> Worker:
        """Return a worker for these processes, to be entered or run once."""
        for name, each in hosted.items():
            register(name, each.process)
        return Worker(
            self.client,
            task_queue=self.options.queue,
            workflows=[ProcessWorkflow],
            activities=activities(hosted),
            workflow_runner=runner(),
            max_concurrent_activities=self.options.activities,
            max_concurrent_workflow_tasks=self.options.workflow_tasks,
            graceful_shutdown_timeout=GRACE,
            sticky_queue_schedule_to_start_timeout=STICKY,
            deployment_config=self._deployment(),
        )

    async def work(self, hosted: Mapping[str, Hosted]) -> None:
        """Work until cancelled; what runs then is given a few seconds and goes on elsewhere."""
        await self.worker(hosted).run()

    async def check(self) -> None:
        """Raise UnavailableError unless the cluster answers and knows the namespace."""
        request = DescribeNamespaceRequest(namespace=self.options.namespace)
        try:
            await self.client.workflow_service.describe_namespace(request, timeout=CHECK)
        except RPCError as error:
            raise UnavailableError("Temporal did not answer.") from error

    async def make_current(self) -> None:
        """
        Let new processes begin with this version; those that run stay with theirs.

        Raises:
            TemporalRefusedError: No worker of this version has been seen yet.
            UnavailableError: The cluster did not answer.
        """
        if self.options.version is None:
            raise TemporalRefusedError("Workers without a version have nothing to make current.")
        request = SetWorkerDeploymentCurrentVersionRequest(
            namespace=self.options.namespace,
            deployment_name=DEPLOYMENT,
            build_id=self.options.version,
        )
        service = self.client.workflow_service
        try:
            with in_families():
                await service.set_worker_deployment_current_version(request, timeout=ANSWER)
        except ProcessNotRunningError as error:  # it is the version that is not there
            raise TemporalRefusedError("No worker of this version has been seen yet.") from error

    def _deployment(self) -> WorkerDeploymentConfig | None:
        if self.options.version is None:
            return None
        return WorkerDeploymentConfig(
            version=WorkerDeploymentVersion(DEPLOYMENT, self.options.version),
            use_worker_versioning=True,
            default_versioning_behavior=VersioningBehavior.PINNED,
        )

    def _handle(self, workflow_id: str) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(workflow_id)


def runner() -> WorkflowRunner:
    """Return the sandbox that workflows run and are replayed in."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return SandboxedWorkflowRunner(restrictions=restrictions)


def _keywords(attributes: Mapping[str, str]) -> TypedSearchAttributes:
    return TypedSearchAttributes(
        [
            SearchAttributePair(SearchAttributeKey.for_keyword(name), value)
            for name, value in attributes.items()
        ]
    )
