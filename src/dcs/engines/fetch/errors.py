"""What can go wrong on the way to somebody else's server."""

from dcs.core.errors import ConflictError, InvalidError, UnavailableError


class UrlNotAllowedError(InvalidError):
    """The address has a form that is not fetched; only plain https addresses are."""

    code = "url_not_allowed"


class AddressNotAllowedError(InvalidError):
    """The name leads to an address inside a network that is not public."""

    code = "address_not_allowed"


class TooManyRedirectsError(InvalidError):
    """The server pointed elsewhere too many times."""

    code = "too_many_redirects"


class RemoteUntrustedError(InvalidError):
    """The server could not prove by a certificate that it is the one named."""

    code = "remote_untrusted"


class RemoteRefusedError(InvalidError):
    """
    The server will not give the file.

    Attributes:
        remote_status: The HTTP status it answered with.
    """

    code = "remote_refused"

    def __init__(self, host: str, remote_status: int) -> None:
        super().__init__(
            f"{host} refused to give the file: it answered {remote_status}.",
            remote_status=remote_status,
        )
        self.remote_status = remote_status


class RemoteAnswerError(InvalidError):
    """The server's answer breaks the rules of HTTP or has a form that is not read."""

    code = "remote_answer_unusable"


class RemoteUnavailableError(UnavailableError):
    """
    The server did not answer, or its answer broke off; trying again may help.

    Attributes:
        retry_after: Seconds the server asked us to wait.
    """

    code = "remote_unavailable"

    def __init__(self, detail: str, *, retry_after: float | None = None) -> None:
        super().__init__(detail, **({} if retry_after is None else {"retry_after": retry_after}))
        self.retry_after = retry_after


class ContentChangedError(ConflictError):
    """What was fetched so far cannot be continued with the same content; discard it and begin again."""

    code = "content_changed"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host} cannot go on with the content it began with: the file changed there, or the "
            "server cannot tell. Begin again."
        )
