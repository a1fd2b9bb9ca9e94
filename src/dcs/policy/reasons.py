"""What each code means to a person, and what would change it."""

REASONS = {
    "malformed_request": "The question could not be understood, which counts as no.",
    "other_tenant": "It belongs to another organisation.",
    "not_active": "It is not active yet. It can be read once its approval is complete.",
    "clearance_too_low": "Your clearance is below its classification. An admin can raise it.",
    "other_department": "It belongs to another department. Its owner can grant you access.",
    "training_required": "It contains personal data, or may. Complete the data-protection training.",
    "outside_working_hours": "Taking data out is possible in working hours only.",
    "malware_not_ruled_out": "Malware was found in it or could not be ruled out. Those who keep the quarantine decide.",
    "own_request": "Nobody decides on their own request. Ask a colleague.",
    "not_your_request": "Only whoever asked for it goes on with it.",
    "legal_hold": "It is under legal hold and must not change.",
    "no_grant": "No rule gives you this. Ask its owner or an admin.",
    "owner": "You own it.",
    "requester": "You asked for it.",
    "uploader": "You uploaded it.",
    "public": "It is public within the organisation.",
    "internal": "It is open to employees.",
    "department": "It belongs to your department.",
    "role": "Your role allows it.",
    "grant": "You were given access.",
}


def explain(code: str) -> str:
    """Return the sentence for a code such as ``clearance_too_low`` or ``role:analyst``."""
    name, _, detail = code.partition(":")
    if name == "role" and detail:
        return f"Your role {detail} allows it."
    return REASONS[name]
