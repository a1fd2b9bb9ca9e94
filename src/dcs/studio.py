"""
The composition root: settings in, wired services out.

The only file that names an adapter, and the only one that may reach inside
another folder. Nothing connects before `open_studio` is entered, and everything
it opened is closed in reverse order when it is left.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from dcs.audit import AuditEvent, AuditTrail, Verification
from dcs.auth import Allowance, Identity
from dcs.catalog import Catalog, Changes
from dcs.core import failpoints
from dcs.core.actor import Actor
from dcs.core.clock import Clock, SystemClock
from dcs.core.events import Event
from dcs.core.ids import TenantId, new_id
from dcs.core.settings import Settings, SettingsError
from dcs.engines.database import PLATFORM, Database, Session
from dcs.engines.decisions.rego import load_rego
from dcs.engines.durable import Finish, Job, JobHandler, Kind
from dcs.engines.durable.rows import RowQueue, release_leases
from dcs.engines.events import EventBus
from dcs.engines.events.outbox import OutboxBus
from dcs.engines.fetch import Fetcher
from dcs.engines.fetch.addresses import AddressRule
from dcs.engines.fetch.https import HttpsFetcher
from dcs.engines.fetch.resuming import ResumingFetcher
from dcs.engines.objects import ObjectStore
from dcs.engines.objects.directory import DirectoryStore
from dcs.engines.sandbox import Limits, Sandbox
from dcs.engines.sandbox.process import ProcessSandbox
from dcs.ingestion import (
    EXPIRE,
    IMPORT,
    Completion,
    Expiry,
    Gate,
    Imports,
    Inspector,
    Receiver,
    Turns,
    Uploads,
)
from dcs.observability import Check, Metrics
from dcs.policy import Action, Permits, Resource
from dcs.sharing import Delivery, FailingDelivery
from dcs.sharing.views import Views
from dcs.validation import Comparisons, History, Reports
from dcs.validation.digest_key import kept_key
from dcs.validation.sketches import Sketches
from dcs.workflow import RESCAN, Activities, Approvals, Engine, Quarantine

if TYPE_CHECKING:
    from dcs.engines.objects.s3 import S3Options

log = structlog.get_logger()

HOUSEKEEPING = "housekeeping"
PAUSE_AFTER_FAILURE = 1.0  # seconds
ABANDONED = timedelta(hours=24)  # an unfinished stream that old belongs to nobody
IMPORT_LEASE = timedelta(minutes=30)  # of one attempt; the next goes on where it stopped
EVENT_LOG = "event-log"
SYSTEM = TenantId("system")
"""Owns the work that belongs to no tenant; no account is ever in it."""


@dataclass(frozen=True, slots=True)
class Studio:
    """Every service of one running product, ready to be used."""

    settings: Settings
    clock: Clock
    metrics: Metrics
    database: Database
    objects: ObjectStore
    events: EventBus
    jobs: RowQueue
    audit: AuditTrail
    identity: Identity
    permits: Permits
    catalog: Catalog
    reports: Reports
    comparisons: Comparisons
    history: History
    receiver: Receiver
    uploads: Uploads
    imports: Imports
    quarantine: Quarantine
    approvals: Approvals
    delivery: Delivery
    failing: FailingDelivery

    @property
    def checks(self) -> Mapping[str, Check]:
        """What readiness asks."""
        return {"database": self.database.check, "objects": self.objects.check}

    async def audit_events(
        self, actor: Actor, before: int | None, limit: int
    ) -> Sequence[AuditEvent]:
        """Return the tenant's newest audit events, if *actor* may read the record."""
        await self._require(actor, Action.AUDIT_READ)
        return await self.audit.newest(actor.tenant, before=before, limit=limit)

    async def verify_audit(self, actor: Actor) -> Verification:
        """Prove the tenant's record, if *actor* may."""
        await self._require(actor, Action.AUDIT_VERIFY)
        return await self.audit.verify(actor.tenant)

    async def set_allowance(self, actor: Actor, allowance: Allowance) -> None:
        """Change what the tenant may send, if *actor* may."""
        await self._require(actor, Action.SET_ALLOWANCE)
        await self.identity.set_allowance(actor, allowance)

    async def measure(self, actor: Actor) -> bytes:
        """Return the metrics as text, if *actor* may see them; what waits is counted now."""
        await self._require(actor, Action.METRICS)
        self.metrics.pending_files.set(await self.jobs.count_due("approval."))
        for level, count in (await self.approvals.open_by_level(actor.tenant)).items():
            self.metrics.queue_depth.labels(level, actor.tenant).set(count)
        return self.metrics.text(actor.tenant)

    async def work(self) -> None:
        """Do durable work and pass on news until cancelled, whatever fails meanwhile."""
        async with asyncio.TaskGroup() as group:
            group.create_task(_again_and_again("jobs", self.jobs.run_forever))
            group.create_task(_again_and_again("news", self._follow_news))

    async def _follow_news(self) -> None:
        await self.events.follow(EVENT_LOG, self._note_event)

    async def _note_event(self, event: Event) -> None:
        """Log and count an event; also those of the time before a restart, each once."""
        self.metrics.events.labels(event.type).inc()
        log.info("event", type=event.type, tenant=event.tenant, subject=event.subject)

    async def _require(self, actor: Actor, action: Action) -> None:
        resource = Resource("tenant", actor.tenant, actor.tenant)
        await self.permits.require(actor, action, resource)


@asynccontextmanager
async def open_studio(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Studio]:
    """
    Open everything the settings name, recover what a crash left, and lend it.

    Raises:
        FolderInUseError: Another process works in the data folder.
        UnavailableError: The database does not answer, or is of another release.
    """
    failpoints.arm(settings.failpoint)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        database = await asyncio.to_thread(_open_database, settings)
        stack.push_async_callback(database.close)
        objects = _open_objects(settings)
        await objects.prepare()
        studio = _wire(settings, clock or SystemClock(), database, objects)
        stack.callback(studio.permits.close)
        await _recover(studio)
        yield studio


def _open_database(settings: Settings) -> Database:
    if settings.database is None:
        from dcs.engines.database.sqlite import SqliteDatabase

        return SqliteDatabase(settings.data_dir / "dcs.sqlite")
    from dcs.engines.database.postgres import PostgresDatabase

    return PostgresDatabase(settings.database.get_secret_value())


def _fetchers(settings: Settings) -> dict[str, Fetcher]:
    """Return what fetches files, by the scheme of their addresses."""
    fetchers: dict[str, Fetcher] = {}
    if settings.fetch.enabled:
        fetch = settings.fetch
        rule = AddressRule(allowed=fetch.allowed_networks, denied=fetch.denied_networks)
        https = HttpsFetcher(
            max_bytes=settings.max_file_size, rule=rule, ports=frozenset(fetch.ports)
        )
        fetchers["https"] = ResumingFetcher(https)
    if settings.objects is not None:
        from dcs.engines.fetch.s3 import S3Fetcher
        from dcs.engines.objects.s3.bucket import Connection

        connection = Connection(_s3_options(settings))
        fetchers["s3"] = S3Fetcher(
            lambda name: connection.bucket(name, make=False), settings.max_file_size
        )
    return fetchers


def _s3_options(settings: Settings) -> "S3Options":
    """Return how S3 is reached; only where the address of an object store is set."""
    from dcs.engines.objects.s3 import S3Options

    chosen = settings.s3.model_dump(exclude={"patience_seconds"})
    patience = timedelta(seconds=settings.s3.patience_seconds)
    spool = settings.data_dir / "spool"
    return S3Options.from_url(settings.objects or "", patience=patience, spool=spool, **chosen)


def _open_objects(settings: Settings) -> ObjectStore:
    if settings.objects is None:
        return DirectoryStore(settings.data_dir)
    try:
        from dcs.engines.objects.s3 import S3Store
    except ImportError as error:
        raise SettingsError(
            "Objects in S3 need `pip install 'data-collaboration-studio[s3]'`."
        ) from error
    return S3Store(_s3_options(settings))


def _wire(settings: Settings, clock: Clock, database: Database, objects: ObjectStore) -> Studio:
    """Hand each service what it needs; read from top to bottom it is the product."""
    metrics = Metrics()
    limits = Limits(memory=settings.validation_memory, seconds=settings.validation_seconds)
    scratch = settings.data_dir / "scratch"
    scratch.mkdir(mode=0o700, exist_ok=True)
    sandbox = ProcessSandbox()
    events = OutboxBus(database)
    jobs = RowQueue(database, clock)
    audit = AuditTrail(database, clock)
    identity = Identity(database, audit, clock, timedelta(hours=settings.session_hours))
    permits = Permits(
        load_rego(policy_folder()),
        database,
        audit,
        identity,
        clock,
        metrics,
        settings.virus_scan_enabled,
    )
    changes = Changes(shared=settings.database is not None)
    catalog = Catalog(database, permits, audit, clock, changes)
    secret = _digest_key(settings)
    sketches = Sketches(database, objects, sandbox, catalog, clock, limits, scratch, secret)
    history = History(database, catalog, permits, clock)
    reports = Reports(
        database,
        objects,
        sandbox,
        catalog,
        permits,
        clock,
        metrics,
        limits,
        scratch,
        secret,
        sketches,
        history,
    )
    comparisons = Comparisons(catalog, permits, sketches)
    gate = Gate(identity, catalog, settings.max_file_size)
    inspector = Inspector(
        objects, sandbox, catalog, limits, settings.scanner, settings.virus_scan_enabled
    )
    engine = Engine(catalog, jobs, events, audit, clock)
    approvals = Approvals(database, engine, catalog, permits, audit, clock)
    quarantine = Quarantine(
        database, engine, catalog, permits, audit, objects, inspector, jobs, clock
    )
    receiver = Receiver(
        database,
        objects,
        catalog,
        audit,
        events,
        clock,
        metrics,
        approvals.open,
        gate,
    )
    turns = Turns(settings.upload_idle_seconds)
    completion = Completion(database, objects, gate, receiver, metrics)
    lifetime = timedelta(hours=settings.upload_hours)
    expiry = Expiry(database, objects, completion, turns, jobs, clock, lifetime)
    uploads = Uploads(
        database,
        objects,
        gate,
        permits,
        turns,
        completion,
        expiry,
        clock,
        settings.max_open_uploads,
    )
    imports = Imports(database, catalog, uploads, permits, audit, jobs, clock, _fetchers(settings))
    metrics.receiving.set_function(lambda: turns.running)
    views = Views(database, objects, sandbox, catalog, clock, limits, scratch)
    delivery = Delivery(catalog, permits, objects, views)
    activities = Activities(inspector, reports, catalog, identity, objects, clock, metrics)
    jobs.kinds |= approvals.kinds(activities.bodies())
    jobs.kinds[EXPIRE] = Kind(_end_of_time(expiry), lambda job, reason: _nothing)
    jobs.kinds[IMPORT] = Kind(imports.fetch, imports.give_up, lease=IMPORT_LEASE)
    jobs.kinds[RESCAN] = Kind(quarantine.rescan, lambda job, reason: _nothing)
    jobs.kinds[HOUSEKEEPING] = Kind(
        _housekeeping(identity, objects, quarantine), lambda job, reason: _nothing
    )
    return Studio(
        settings=settings,
        clock=clock,
        metrics=metrics,
        database=database,
        objects=objects,
        events=events,
        jobs=jobs,
        audit=audit,
        identity=identity,
        permits=permits,
        catalog=catalog,
        reports=reports,
        comparisons=comparisons,
        history=history,
        receiver=receiver,
        uploads=uploads,
        imports=imports,
        quarantine=quarantine,
        approvals=approvals,
        delivery=delivery,
        failing=FailingDelivery(delivery, database, comparisons),
    )


def policy_folder() -> Path:
    """Return the folder of the policy: packaged with the product, or of its source."""
    packaged = Path(__file__).parent / "policy" / "rego"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "policies"


async def _recover(studio: Studio) -> None:
    """Put right what a crash left, before anybody is served; plan the recurring work."""
    if studio.settings.database is None:  # one process owns the folder, so nothing is in use
        await studio.database.write(PLATFORM, release_leases)
        await studio.objects.claim(_installation(studio.settings.data_dir))
        removed = await studio.objects.recover(
            studio.catalog.known_objects, studio.uploads.unfinished
        )
        if removed.staging or removed.orphans or removed.uploads:
            log.warning("recovered", **asdict(removed))
    await studio.database.write(SYSTEM, lambda s: _plan_housekeeping(studio.jobs, s))


def _installation(data_dir: Path) -> str:
    """Return the id of this data folder; made once."""
    path = data_dir / "installation"
    if not path.exists():
        path.write_text(new_id(), encoding="ascii")
        path.chmod(0o600)
    return path.read_text(encoding="ascii")


def _plan_housekeeping(jobs: RowQueue, session: Session) -> None:
    jobs.add(session, HOUSEKEEPING, HOUSEKEEPING, {}, every=timedelta(hours=1))


def _housekeeping(identity: Identity, objects: ObjectStore, quarantine: Quarantine) -> JobHandler:
    """Return the hourly work: expired things are removed, and newer rules look at older files."""

    async def tidy(_job: Job) -> Finish:
        removed = await identity.forget_expired()
        abandoned = await objects.sweep(ABANDONED)
        again = sum([await quarantine.plan_rescans(each) for each in await identity.tenants()])
        log.info(
            "housekeeping",
            expired_credentials=removed,
            abandoned_streams=abandoned,
            scanned_again=again,
        )
        return _nothing

    return tidy


def _end_of_time(expiry: Expiry) -> JobHandler:
    """Return the work at the end of an upload's time: it is removed, or looked at again later."""

    async def expire(job: Job) -> Finish:
        upload = job.payload["upload"]
        again = await expiry.expire(job.tenant, upload)
        if again is None:
            return _nothing
        return lambda session: expiry.plan(session, upload, again)

    return expire


async def _again_and_again(what: str, run: Callable[[], Awaitable[None]]) -> None:
    """Run for ever: a database that is away for a while must not end the work for good."""
    while True:
        try:
            await run()
        except Exception as error:  # the work goes on; the log says what happened
            log.error("work_interrupted", what=what, exc_info=error)
        await asyncio.sleep(PAUSE_AFTER_FAILURE)


def _nothing(_session: Session) -> None:
    """What was done needs no further effect."""


def migrate_database(settings: Settings) -> None:
    """Bring PostgreSQL's tables up to this release, as their owner."""
    from sqlalchemy import make_url

    from dcs.engines.database.postgres import migrate_postgres

    if settings.database is None or settings.database_owner is None:
        raise ValueError("both roles' addresses are needed")
    role = make_url(settings.database.get_secret_value()).username or ""
    migrate_postgres(settings.database_owner.get_secret_value(), role)


def _digest_key(settings: Settings) -> bytes:
    """
    Return the secret that digests are keyed with.

    Raises:
        SettingsError: Several processes may share the database, and nobody gave them one.
    """
    if settings.digest_key is not None:
        return settings.digest_key.get_secret_value().encode()
    if settings.database is not None:
        raise SettingsError(
            "DCS_DIGEST_KEY is needed with PostgreSQL: one secret of 32 characters or more for all "
            "processes. Make one with: openssl rand -hex 32"
        )
    return kept_key(settings.data_dir / "digest.key")


def local_key() -> bytes:
    """Return what `dcs check` keys digests with: this person's own secret on this machine."""
    from dcs.validation.kernels import built

    return kept_key(built().with_name("digest.key"))


def local_sandbox(settings: Settings) -> tuple[Sandbox, Limits]:
    """Return what `dcs check` reads a file with: no server, no database."""
    limits = Limits(memory=settings.validation_memory, seconds=settings.validation_seconds)
    return ProcessSandbox(), limits
