# May this actor do this to that thing? One question, one document as the answer.
#
# Deny overrides grant, and nothing is granted unless a rule says so. Whatever is
# missing, mistyped or unknown counts against the caller: a clearance that is not a
# number is 0, personal data that nobody ruled out is there. The rules stay within the
# part of Rego on which engines agree: ordered comparisons only between checked
# numbers, time only from the caller, no call that leaves the process.
package dcs.authz

import rego.v1

levels := {"PUBLIC": 0, "INTERNAL": 1, "CONFIDENTIAL": 2, "SECRET": 3}

# What reveals rows, and what takes them out of the product.
reads := {"preview", "read", "download"}

egress := {"download"}

# What reveals that a dataset or version exists and what was found in it.
looks := {"list", "report"}

known := (reads | looks) | {
	"create", "upload", "submit", "approve", "cancel", "expedite", "escalate", "comment",
	"set_contract", "set_retention", "audit_read", "audit_verify", "metrics",
	"quarantine", "release", "discard", "set_allowance", "set_default_retention", "set_sources",
	"see_recognizers", "set_recognizers", "set_notice_templates", "set_approval_templates",
	"request_access", "decide_access", "revoke_grant", "see_grants",
	"set_groups", "set_calendar", "set_absences", "set_email",
}

# ---------- facts, each with a safe value where the input has none ----------

roles := input.actor.roles if is_array(input.actor.roles) else := []

groups := input.actor.groups if is_array(input.actor.groups) else := []

grants := input.resource.grants if is_array(input.resource.grants) else := []

attributes := input.actor.attributes if is_object(input.actor.attributes) else := {}

clearance := attributes.clearance if is_number(attributes.clearance) else := 0

level := levels[input.resource.classification]

default well_formed := false

well_formed if {
	is_string(input.actor.id)
	input.actor.id != ""
	is_string(input.actor.tenant)
	input.actor.tenant != ""
	is_string(input.resource.tenant)
	input.resource.tenant != ""
	is_number(level)
	input.action in known
	is_number(input.context.now_ns)
	input.context.now_ns > 1500000000000000000
	input.context.now_ns < 4000000000000000000
}

same_tenant if {
	well_formed
	input.actor.tenant == input.resource.tenant
}

active if input.resource.status == "active"

is_owner if input.resource.owner == input.actor.id

is_uploader if input.resource.uploaded_by == input.actor.id

is_requester if input.resource.requester == input.actor.id

is_steward if "steward" in roles

is_overseer if {
	some role in roles
	role in {"auditor", "admin"}
}

# ---------- deny: any one of these is enough ----------

deny contains "malformed_request" if not well_formed

deny contains "other_tenant" if {
	well_formed
	not same_tenant
}

deny contains "not_active" if {
	input.action in reads
	not active
	not may_preview_early
}

deny contains "not_active" if {
	input.action in looks
	not active
	not may_look_early
}

deny contains "clearance_too_low" if {
	input.action in reads
	well_formed
	level > clearance
}

# What was found in the data tells something of the data itself.
deny contains "clearance_too_low" if {
	input.action == "report"
	well_formed
	level > clearance
	not knows_it_already
}

# People may find what they would have to ask access for, unless even that is secret.
deny contains "clearance_too_low" if {
	input.action in {"list", "request_access"}
	well_formed
	level == 3
	clearance < 3
	not knows_it_already
}

deny contains "other_department" if {
	input.action in reads
	well_formed
	level >= 2
	not same_department
	not reviewing
}

# Whoever asks, and on whichever channel: what may be malware is not read.
deny contains "malware_not_ruled_out" if {
	input.action in reads
	not harmless
}

deny contains "training_required" if {
	input.action in egress
	not input.resource.contains_personal_data == false
	not trained
}

deny contains "outside_working_hours" if {
	input.action in egress
	well_formed
	level >= 1
	not working_hours
	not input.actor.kind == "service"
}

deny contains "own_request" if {
	input.action in {"approve", "decide_access"}
	not asked_by_another
}

# Whoever sent a suspicious file does not say that it is none.
deny contains "own_request" if {
	input.action in {"release", "discard"}
	is_uploader
}

# Only active data can be asked for; on a request itself only who made it goes on.
deny contains "not_active" if {
	input.action == "request_access"
	not input.resource.kind == "access_request"
	not active
}

deny contains "not_your_request" if {
	input.action == "request_access"
	not input.resource.kind == "dataset"
	not is_requester
}

deny contains "legal_hold" if {
	input.action in {"upload", "set_contract", "set_retention"}
	not input.resource.legal_hold == false
}

harmless if input.resource.malware == "clean"

# Somebody who may has looked at it and said why it can pass.
harmless if input.resource.released == true

# Where the operator has switched scanning off, nothing is ever scanned.
harmless if {
	input.resource.malware == "unscanned"
	input.context.virus_scan_enabled == false
}

may_preview_early if {
	same_tenant
	input.action == "preview"
	is_uploader
}

may_preview_early if {
	same_tenant
	input.action == "preview"
	is_steward
}

# Reviewers see what they decide on, whichever department it is of.
reviewing if {
	not active
	may_preview_early
}

may_look_early if {
	same_tenant
	knows_it_already
}

knows_it_already if is_uploader

knows_it_already if is_owner

knows_it_already if is_steward

knows_it_already if is_overseer

asked_by_another if {
	is_string(input.resource.requester)
	input.resource.requester != input.actor.id
}

same_department if own_department

own_department if {
	is_string(attributes.department)
	attributes.department == input.resource.department
}

# A grant that was given for this dataset stands in for the department.
same_department if count(granted_by) > 0

trained if {
	is_number(attributes.gdpr_training_until_ns)
	well_formed
	attributes.gdpr_training_until_ns > input.context.now_ns
}

# The caller works out the tenant's local time: engines disagree about time zones.
working_hours if {
	calendar := input.context.calendar
	is_number(calendar.opens)
	is_number(calendar.closes)
	is_array(calendar.weekdays)
	local := input.context.local
	is_number(local.hour)
	local.hour >= calendar.opens
	local.hour < calendar.closes
	local.weekday in calendar.weekdays
	local.holiday == false
}

# ---------- grant: at least one is needed ----------

grant contains sprintf("role:%s", [role]) if {
	same_tenant
	some role in roles
	input.action in data.dcs.roles[role]
}

grant contains "owner" if {
	same_tenant
	is_owner
	input.action in {
		"list", "report", "preview", "read", "upload", "submit", "cancel", "expedite", "escalate",
		"comment", "set_contract", "set_retention",
	}
}

grant contains "owner" if {
	same_tenant
	is_owner
	input.action in {"decide_access", "revoke_grant", "see_grants"}
}

grant contains "requester" if {
	same_tenant
	is_requester
	input.resource.kind in {"access_request", "grant"}
	input.action in {"request_access", "see_grants"}
}

grant contains "uploader" if {
	same_tenant
	is_uploader
	input.action in {
		"list", "report", "preview", "submit", "cancel", "expedite", "escalate", "comment",
	}
}

grant contains "public" if {
	same_tenant
	level == 0
	input.action in {"list", "report", "preview", "read"}
}

grant contains "internal" if {
	same_tenant
	level == 1
	attributes.employee == true
	input.action in {"list", "report", "preview", "read"}
}

grant contains "department" if {
	same_tenant
	level == 2
	is_string(attributes.department)
	attributes.department == input.resource.department
	input.action in {"list", "report", "preview", "read"}
}

grant contains sprintf("grant:%s", [id]) if some id in granted_by

# A grant names one person or one group, and counts for them alone; it gives data, never a say.
granted_by contains given.id if some given in counted

counted contains given if {
	same_tenant
	some given in grants
	is_string(given.id)
	input.action in reads | looks
	covers(given.columns)
	is_array(given.actions)
	input.action in given.actions
	given.tenant == input.actor.tenant
	given.dataset == input.resource.dataset
	given.revoked == false
	is_number(given.expires_ns)
	given.expires_ns > input.context.now_ns
	names_the_actor(given.grantee)
}

# Null is every column. What was found is told of all of them, so a part gives no report.
covers(columns) if is_null(columns)

covers(columns) if {
	is_array(columns)
	not input.action == "report"
}

names_the_actor(grantee) if {
	grantee.kind == "user"
	grantee.id == input.actor.id
}

names_the_actor(grantee) if {
	grantee.kind == "group"
	is_string(grantee.id)
	grantee.id in groups
}

# ---------- obligations ----------

# Tags whose columns are shown as they are; a column with any other tag is masked.
clear contains tag if {
	input.action in reads
	same_tenant
	clearance >= 3
	some tag in data.dcs.personal_tags
}

# The columns that may be delivered; null for all. A grant that names columns narrows
# whoever reads by such grants alone, or could not read without one.
default columns := []

columns := null if {
	whole
} else := [name | some name in granted_columns]

whole if {
	some given in counted
	is_null(given.columns)
}

whole if {
	some reason in grant
	not startswith(reason, "grant:")
	not needs_a_grant
}

needs_a_grant if {
	input.action in reads
	well_formed
	level >= 2
	not own_department
	not reviewing
}

granted_columns contains name if {
	some given in counted
	is_array(given.columns)
	some name in given.columns
}

audit := "full" if {
	not allow
} else := "full" if {
	not input.action in looks
} else := "full" if {
	level >= 2
} else := "basic"

default allow := false

allow if {
	count(deny) == 0
	count(grant) > 0
}

decision := {
	"allow": allow,
	"deny": deny,
	"grant": grant,
	"obligations": {
		"mask": {"clear": clear, "default": "redact"},
		"columns": columns,
		"audit": audit,
	},
}
