"""What can go wrong with approval templates."""

from dcs.core.errors import ConflictError, InvalidError


class ApprovalTemplateInvalidError(InvalidError):
    """The template asks for what cannot be: a group nobody knows, an escalation after the end."""

    code = "approval_template_invalid"


class ApprovalTemplateChangedError(ConflictError):
    """Somebody changed the template since it was read."""

    code = "approval_template_changed"
