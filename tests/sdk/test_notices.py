"""Notices through the client: one's own, and the words an organisation chose."""

import pytest

from dcs.sdk import Client, ConflictProblem, NotFoundProblem
from tests.sdk.conftest import Served


def test_a_client_reads_its_own_notices(served: Served) -> None:
    with Client(served.url, served.token("steward")) as client:
        assert list(client.notices()) == []
        assert list(client.notices(unread=True)) == []
        assert client.read_notices() == 0
        with pytest.raises(NotFoundProblem):
            client.read_notice("a/b")


def test_an_admin_chooses_the_words_of_notices(served: Served) -> None:
    with Client(served.url, served.token("admin")) as client:
        admin = client.administration
        kept = admin.set_notice_template("commented", "About $dataset", "$by said something", 0)
        assert kept["revision"] == 1
        words = {each["kind"]: each["subject"] for each in admin.notice_templates()}
        assert words["commented"] == "About $dataset"
        with pytest.raises(ConflictProblem):
            admin.set_notice_template("commented", "x", "y", 0)
