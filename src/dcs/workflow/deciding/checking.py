"""From a received file to the question that people are asked: inspection, validation, compliance."""

from dataclasses import replace

from dcs.workflow.deciding.asking import ask
from dcs.workflow.deciding.steps import Step, at_stage, begin, end, ignore
from dcs.workflow.messages import (
    Activity,
    ComplianceFinished,
    Discarded,
    Inspected,
    Opened,
    Released,
    RunActivity,
    SetStatus,
    Submitted,
    ValidationFinished,
)
from dcs.workflow.state import Outcome, Stage, State

# A clean file that was not cleared has a structure that no honest file has.
_WHY_HELD = {
    "infected": "MALWARE",
    "clean": "HOSTILE_STRUCTURE",
    "too_large": "NOT_SCANNED_WHOLE",
    "unscanned": "NOT_SCANNED",
}


def opened(event: Opened) -> Step:
    """Begin: the file is looked at first."""
    state = State(
        requester=event.requester,
        classification=event.classification,
        asked_for_two=event.sensitive,
        submitted=event.submit,
    )
    return state, (RunActivity(Activity.INSPECT),)


def inspected(state: State, event: Inspected) -> Step:
    """Go on with a file that is cleared; let any other one wait in quarantine."""
    if state.running is not Activity.INSPECT:
        return ignore(state, event, "not_inspecting")
    if not event.cleared:
        waiting = replace(state, running=None)
        return waiting, (SetStatus("quarantined", _WHY_HELD.get(event.verdict, "SCAN_FAILED")),)
    return begin(state, Stage.VALIDATING, Activity.VALIDATE, "validating")


def released(state: State, event: Released) -> Step:
    """Go on with a file that was held, because somebody may and wants it."""
    if not _in_quarantine(state):
        return ignore(state, event, "not_in_quarantine")
    return begin(state, Stage.VALIDATING, Activity.VALIDATE, "validating")


def discarded(state: State, event: Discarded) -> Step:
    """End it with the file."""
    if not _in_quarantine(state):
        return ignore(state, event, "not_in_quarantine")
    return end(state, event.at, Outcome.CANCELLED, "DISCARDED")


def _in_quarantine(state: State) -> bool:
    """Whether the inspection has ended and did not let the file go on."""
    return state.stage is Stage.INITIALIZING and state.running is None


def validated(state: State, event: ValidationFinished) -> Step:
    """Go on with what passed; a draft waits until somebody asks for its approval."""
    if state.running is not Activity.VALIDATE:
        return ignore(state, event, "not_validating")
    if not event.passed:
        return end(state, event.at, Outcome.REJECTED, "VALIDATION_FAILED")
    state = replace(state, running=None, undeclared_personal_data=event.undeclared_personal_data)
    if not state.submitted:
        return state, (SetStatus("validated", None),)
    return begin(state, Stage.COMPLIANCE_CHECK, Activity.CHECK_COMPLIANCE, "checking")


def submitted(state: State, event: Submitted) -> Step:
    """Ask for the approval; what has been judged goes on at once, the rest as soon as it is."""
    if state.submitted:
        return ignore(state, event, "already_submitted")
    state = replace(state, submitted=True, attested=event.attested)
    if state.running is None and state.stage in {Stage.VALIDATING, Stage.APPROVAL_PENDING}:
        return begin(state, Stage.COMPLIANCE_CHECK, Activity.CHECK_COMPLIANCE, "checking")
    return state, ()


def compliance(state: State, event: ComplianceFinished) -> Step:
    """Ask people, unless a rule that needs none of them says no, or the requester owes answers."""
    if state.running is not Activity.CHECK_COMPLIANCE:
        return ignore(state, event, "not_checking")
    state = replace(state, problems=event.problems, shown=event.shown, unanswered=event.unanswered)
    if event.unanswered and not event.problems:
        waiting = at_stage(replace(state, submitted=False, running=None), Stage.VALIDATING)
        return waiting, (SetStatus("validated", "ATTESTATIONS_MISSING"),)
    if not event.passed:
        return end(state, event.at, Outcome.REJECTED, "COMPLIANCE_FAILED")
    return ask(state, event)
