"""What can go wrong with notices and their texts."""

from dcs.core.errors import ConflictError, InvalidError, NotFoundError


class NoticeNotFoundError(NotFoundError):
    """There is no such notice in your inbox."""

    code = "notice_not_found"


class NoticeKindNotFoundError(NotFoundError):
    """No notice is of this kind."""

    code = "notice_kind_not_found"


class InvalidTemplateError(InvalidError):
    """The text cannot be used for notices: empty, too long, or with a `$` that names nothing."""

    code = "invalid_template"


class UnknownPlaceholderError(InvalidTemplateError):
    """The text names a placeholder that notices of its kind do not hold."""

    code = "unknown_placeholder"


class TemplateChangedError(ConflictError):
    """Somebody else changed the text meanwhile."""

    code = "template_changed"
