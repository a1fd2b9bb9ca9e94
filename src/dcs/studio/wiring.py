"""Hand each service what it needs."""

from datetime import timedelta

from dcs.audit import AuditTrail
from dcs.auth import Absences, Addresses, Calendars, Groups, Identity
from dcs.catalog import Catalog, Changes, Contracts
from dcs.core.clock import Clock
from dcs.core.settings import Settings
from dcs.engines.database import Database
from dcs.engines.decisions.rego import load_rego
from dcs.engines.durable import Hosted, Kind, ProcessHost
from dcs.engines.durable.rows import RowQueue
from dcs.engines.events.outbox import OutboxBus
from dcs.engines.objects import ObjectStore
from dcs.engines.sandbox import Limits
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
from dcs.observability import Metrics
from dcs.policy import Grants, Permits, TenantGuard
from dcs.sharing import Delivery, FailingDelivery
from dcs.sharing.views import Views
from dcs.studio.engines import digest_key, fetchers, open_mail, policy_folder
from dcs.studio.local import rule_limits
from dcs.studio.recurring import HOUSEKEEPING, end_of_time, housekeeping, nothing
from dcs.studio.services import Studio
from dcs.validation import Comparisons, Failing, History, Reports, TenantRecognizers
from dcs.validation.sketches import Sketches
from dcs.workflow import (
    GRANT,
    MAIL,
    RESCAN,
    AccessGrants,
    AccessRecord,
    AccessRequests,
    AccessTelling,
    Activities,
    Approvals,
    ApprovalTemplates,
    Ballots,
    Beside,
    Bindings,
    ComplianceCheck,
    Engine,
    Host,
    Letters,
    Notices,
    NoticeTemplates,
    Phrases,
    Quarantine,
    RowHost,
    Sight,
    Telling,
)
from dcs.workflow.hosting import APPROVAL, PROCESS, START, Bodies, ClusterHost, Steps

IMPORT_LEASE = timedelta(minutes=30)  # of one attempt; the next goes on where it stopped


def wired(
    settings: Settings,
    clock: Clock,
    database: Database,
    objects: ObjectStore,
    cluster: ProcessHost | None = None,
) -> Studio:
    """
    Hand each service what it needs; read from top to bottom it is the product.

    *cluster* hosts the approvals that begin from now on; without it they live on rows.
    """
    metrics = Metrics()
    limits = Limits(memory=settings.validation_memory, seconds=settings.validation_seconds)
    scratch = settings.data_dir / "scratch"
    scratch.mkdir(mode=0o700, exist_ok=True)
    sandbox = ProcessSandbox()
    events = OutboxBus(database)
    jobs = RowQueue(database, clock)
    post = RowQueue(database, clock)
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
    guard = TenantGuard(permits)
    changes = Changes(shared=settings.database is not None)
    catalog = Catalog(database, permits, audit, clock, changes)
    contracts = Contracts(catalog)
    recognizers = TenantRecognizers(database, permits, audit, clock)
    secret = digest_key(settings)
    sketches = Sketches(database, objects, sandbox, catalog, clock, limits, scratch, secret)
    history = History(database, catalog, permits, clock)
    reports = Reports(
        database,
        objects,
        sandbox,
        catalog,
        contracts,
        recognizers,
        permits,
        clock,
        metrics,
        limits,
        scratch,
        secret,
        rule_limits(settings),
        settings.name_detector,
        sketches,
        history,
    )
    comparisons = Comparisons(catalog, permits, sketches)
    gate = Gate(identity, catalog, settings.max_file_size)
    inspector = Inspector(
        objects, sandbox, catalog, limits, settings.scanner, settings.virus_scan_enabled
    )
    mail = open_mail(settings, clock)
    phrases = Phrases(database, identity)
    notices = Notices(database, post, mail, phrases, clock)
    letters = Letters(database, mail, phrases, identity, audit, clock, settings.public_url)
    post.kinds[MAIL] = letters.kind()
    engine = Engine(catalog, jobs, events, Telling(notices), audit, clock)
    bindings = Bindings(reports, permits.engine.revision)
    ballots = Ballots(bindings)
    beside = Beside(catalog, reports, audit)
    rows = RowHost(database, engine, beside)
    host: Host = rows
    if cluster is not None:
        host = ClusterHost(database, rows, engine, jobs, cluster)
        jobs.kinds[START] = host.kind()
    approvals = Approvals(database, host, engine, ballots, catalog, permits, audit, clock)
    sight, record = (
        Sight(catalog, permits),
        AccessRecord(audit, events, AccessTelling(notices), clock),
    )
    access = AccessRequests(database, catalog, sight, record, jobs, clock)
    grants = AccessGrants(database, Grants(database), sight, record, clock)
    quarantine = Quarantine(
        database, host, engine, catalog, permits, audit, objects, inspector, jobs, clock
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
    imports = Imports(database, catalog, uploads, permits, audit, jobs, clock, fetchers(settings))
    metrics.receiving.set_function(lambda: turns.running)
    views = Views(database, objects, sandbox, catalog, clock, limits, scratch)
    failing = Failing(database, objects, sandbox, contracts, limits, rule_limits(settings), scratch)
    delivery = Delivery(catalog, permits, objects, views)
    compliance = ComplianceCheck(database, inspector, reports, identity, permits)
    activities = Activities(
        inspector, reports, bindings, identity, permits, compliance, objects, clock, metrics
    )
    bodies = activities.bodies()
    jobs.kinds |= approvals.kinds(bodies)
    steps = Steps(database, engine, beside)
    hosted = Hosted(PROCESS, steps.keep, Bodies(database, catalog, clock).of(bodies))
    jobs.kinds[EXPIRE] = Kind(end_of_time(expiry), lambda job, reason: nothing)
    jobs.kinds[IMPORT] = Kind(imports.fetch, imports.give_up, lease=IMPORT_LEASE)
    jobs.kinds[RESCAN] = Kind(quarantine.rescan, lambda job, reason: nothing)
    jobs.kinds[GRANT] = Kind(grants.write, lambda job, reason: nothing)
    jobs.kinds[HOUSEKEEPING] = Kind(
        housekeeping(identity, objects, quarantine), lambda job, reason: nothing
    )
    return Studio(
        settings=settings,
        clock=clock,
        metrics=metrics,
        database=database,
        objects=objects,
        events=events,
        jobs=jobs,
        post=post,
        cluster=cluster,
        hosted={APPROVAL: hosted},
        audit=audit,
        identity=identity,
        groups=Groups(database, audit, clock, guard),
        calendars=Calendars(database, audit, guard),
        absences=Absences(database, audit, clock, guard),
        addresses=Addresses(database, audit, guard),
        permits=permits,
        catalog=catalog,
        contracts=contracts,
        recognizers=recognizers,
        reports=reports,
        comparisons=comparisons,
        history=history,
        receiver=receiver,
        uploads=uploads,
        imports=imports,
        quarantine=quarantine,
        approvals=approvals,
        notices=notices,
        notice_templates=NoticeTemplates(database, permits, audit, clock),
        approval_templates=ApprovalTemplates(database, permits, audit, clock),
        access=access,
        grants=grants,
        delivery=delivery,
        failing=FailingDelivery(delivery, failing, comparisons),
    )
