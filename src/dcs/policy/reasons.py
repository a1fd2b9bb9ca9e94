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
    "malformed_facts": "The rules of compliance could not read the facts, which counts as no. Tell an admin.",
    "contract_missing": "Data of this classification needs a data contract, and the version has none. "
    "Set one for the dataset, then send the file again.",
    "contract_not_passed": "The file was not held to its data contract, or breaks a promise of it.",
    "personal_data_in_public_dataset": "Personal data was found, and the dataset is PUBLIC. "
    "Take it out, or send the file to a dataset of a higher classification.",
    "retention_missing": "Nothing says how long the data is to be kept. "
    "Say it for the dataset, or let an admin say it for the organisation.",
    "owner_not_active": "The dataset's owner cannot sign in any more, so nobody answers for it.",
    "no_contract": "It has no data contract: nobody has promised what it looks like.",
    "undeclared_personal_data": "Personal data was found that no data contract declares. "
    "Who approves confirms that it may be there.",
    "personal_data_suspected_in_public_dataset": "The dataset is PUBLIC, and there may be personal data in it. "
    "Look at the findings before you decide.",
    "classification_seems_low": "Some of the personal data asks for a higher classification than the dataset has.",
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
    """
    Return the sentence for a code such as ``clearance_too_low`` or ``role:analyst``.

    A code that an earlier release kept and this one does not know is put into its own words.
    """
    name, _, detail = code.partition(":")
    if name == "role" and detail:
        return f"Your role {detail} allows it."
    return REASONS.get(name) or f"{name.replace('_', ' ').capitalize()}."
