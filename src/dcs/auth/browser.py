"""What is true of requests that a browser sends with its session."""

from collections.abc import Mapping

SESSION_COOKIE = "dcs_session"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def from_this_site(headers: Mapping[str, str]) -> bool:
    """
    Say whether the browser sent a request from one of our own pages.

    ``Sec-Fetch-Site`` cannot be set by a page; browsers without it send
    ``Origin``. A request with neither did not come from a form or script of
    a browser that is supported here, and does not count as ours.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] == headers.get("host")
