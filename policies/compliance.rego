# May people be asked about this version? What must hold before, and what they are shown.
#
# The facts are gathered by the caller; every rule is here. Whatever is missing, mistyped
# or unknown counts against the version: it breaks a rule, or asks for more to be shown.
# The rules stay within the part of Rego on which engines agree, like those of authz.rego.
package dcs.compliance

import rego.v1

levels := {"PUBLIC": 0, "INTERNAL": 1, "CONFIDENTIAL": 2, "SECRET": 3}

# ---------- facts, each with a safe value where the input has none ----------

level := levels[input.classification]

findings := input.personal_data if is_array(input.personal_data) else := []

required := input.attestations.required if is_array(input.attestations.required) else := []

given := input.attestations.given if is_array(input.attestations.given) else := []

default well_formed := false

well_formed if {
	is_number(level)
	is_array(input.attestations.required)
	every text in required {
		is_string(text)
	}
}

# ---------- problems: any one of these ends the version ----------

problems contains "malformed_facts" if not well_formed

problems contains "malware_not_ruled_out" if not harmless

problems contains "contract_missing" if {
	not input.contract.required == false
	not input.contract.present == true
}

problems contains "contract_not_passed" if {
	not input.contract.present == false
	not contract_passed
}

problems contains "personal_data_in_public_dataset" if {
	not closed
	some finding in counted
	certain(finding)
}

# Nobody has looked, which counts as found.
problems contains "personal_data_in_public_dataset" if {
	not closed
	not looked
}

problems contains "retention_missing" if not retention_set

problems contains "owner_not_active" if not input.owner_active == true

# ---------- shown: nothing is refused for it, but whoever decides has to see it ----------

shown contains "no_contract" if {
	input.contract.required == false
	not input.contract.present == true
}

shown contains "undeclared_personal_data" if {
	some finding in counted
	not finding.tier == "C"
	not finding.declared == true
}

shown contains "undeclared_personal_data" if not looked

shown contains "personal_data_suspected_in_public_dataset" if {
	not closed
	some finding in counted
	not certain(finding)
}

# What is certain asks for a higher classification than the dataset has.
shown contains "classification_seems_low" if {
	some finding in counted
	certain(finding)
	not high_enough(finding)
}

# ---------- unanswered: the requester has to attest these sentences first ----------

unanswered contains text if {
	some text in required
	is_string(text)
	not text in given
}

# ---------- what the rules above rest on ----------

harmless if input.malware.verdict == "clean"

# Somebody who may has looked at it and said why it can pass.
harmless if input.malware.released == true

# Where the operator has switched scanning off, nothing is ever scanned.
harmless if {
	input.malware.verdict == "unscanned"
	input.malware.scanned_here == false
}

contract_passed if {
	input.contract.judged == true
	input.contract.failed_promises == 0
}

closed if {
	is_number(level)
	level > 0
}

looked if is_array(input.personal_data)

# What was suppressed with a reason does not count.
counted contains finding if {
	some finding in findings
	not finding.excluded == true
}

# Tier A is verified; B is judged by a whole column, and certain where the contract says so
# too; C is a suspicion.
certain(finding) if not uncertain(finding)

uncertain(finding) if finding.tier == "C"

uncertain(finding) if {
	finding.tier == "B"
	finding.declared == false
}

high_enough(finding) if {
	is_number(level)
	levels[finding.classification] <= level
}

# The dataset's own number counts, and the tenant's only where it has none.
retention_set if kept_for(input.retention_days.dataset)

retention_set if {
	is_null(input.retention_days.dataset)
	kept_for(input.retention_days.tenant)
}

kept_for(days) if {
	is_number(days)
	days >= 1
}

default passed := false

passed if {
	count(problems) == 0
	count(unanswered) == 0
}

decision := {
	"passed": passed,
	"problems": problems,
	"shown": shown,
	"unanswered": unanswered,
}
