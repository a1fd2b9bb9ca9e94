"""The contract of mail: handed over whole, or told whether trying again may help."""

import ssl
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from dcs.core.clock import ManualClock
from dcs.core.settings import Settings, SettingsError
from dcs.engines.mail import Letter, MailAddressError, MailRefusedError, MailUnavailableError
from dcs.engines.mail.kept import KeptMail
from dcs.engines.mail.server import MailServer
from dcs.engines.mail.smtp import SmtpMail
from dcs.studio.engines import open_mail
from tests.post import Talk, answering, dripping, post, silent, talking

pytestmark = pytest.mark.anyio

FROM = "studio@example.org"
LETTER = Letter("anna@example.org", "Übergabe: d, version 1", "Guten Tag.\n.\nEnde\n", "0190-abc")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def mail(url: str, password: str | None = None) -> SmtpMail:
    return SmtpMail(MailServer.at(url, FROM, password), ManualClock())


async def test_a_letter_arrives_as_it_was_written() -> None:
    async with post() as office:
        await mail(office.url()).send(replace(LETTER, html="<p>Guten Tag.</p>"))
    [letter] = office.letters
    assert office.recipients == [["anna@example.org"]]
    assert office.texts() == ["Guten Tag.\n.\nEnde\n"]
    assert (letter["to"], letter["subject"]) == (LETTER.to, LETTER.subject)
    assert letter["from"] == "Data Collaboration Studio <studio@example.org>"
    assert letter["message-id"] == "<0190-abc@example.org>"
    assert letter["date"] == "Mon, 05 Jan 2026 12:00:00 +0000"
    assert letter["auto-submitted"] == "auto-generated"
    html = letter.get_body(("html",))
    assert html is not None
    assert "<p>Guten Tag.</p>" in html.get_content()


async def test_the_same_letter_again_carries_the_same_id() -> None:
    async with post() as office:
        for _ in range(2):
            await mail(office.url()).send(LETTER)
    assert {each["message-id"] for each in office.letters} == {"<0190-abc@example.org>"}


async def test_where_no_server_is_set_nothing_leaves(tmp_path: Path) -> None:
    kept = open_mail(Settings(environment="test", data_dir=tmp_path), ManualClock())
    assert isinstance(kept, KeptMail)
    assert not kept.leaves
    await kept.send(LETTER)


async def test_a_letter_leaves_over_starttls_or_not_at_all(
    context: ssl.SSLContext, trusted: Path
) -> None:
    async with post(starttls=context) as office:
        await mail(office.url(f"ca={trusted}")).send(LETTER)
        assert office.encrypted == [True]
    async with post() as office:
        with pytest.raises(MailUnavailableError):
            await mail(office.url(f"ca={trusted}")).send(LETTER)
        assert office.letters == []


async def test_a_letter_leaves_over_tls_from_the_first_byte(
    context: ssl.SSLContext, trusted: Path
) -> None:
    async with post(implicit=context) as office:
        url = office.url(f"ca={trusted}").replace("smtp:", "smtps:")
        await mail(url).send(LETTER)
    assert len(office.letters) == 1


@pytest.mark.parametrize("way", ["starttls", "implicit"])
async def test_a_server_that_cannot_prove_its_name_gets_no_letter(
    context: ssl.SSLContext, tmp_path: Path, way: str
) -> None:
    stranger = tmp_path / "stranger.pem"
    trustme.CA().cert_pem.write_to_path(str(stranger))
    contexts: dict[str, ssl.SSLContext] = {way: context}
    async with post(**contexts) as office:
        url = office.url(f"ca={stranger}")
        if way == "implicit":
            url = url.replace("smtp:", "smtps:")
        with pytest.raises(MailUnavailableError):
            await mail(url).send(LETTER)
    assert office.letters == []


async def test_a_user_signs_in_over_tls(context: ssl.SSLContext, trusted: Path) -> None:
    async with post(starttls=context, login=("us@er", "pass word")) as office:
        url = office.url(f"ca={trusted}").replace("//", "//us%40er@")
        await mail(url, "pass word").send(LETTER)
        assert len(office.letters) == 1
        with pytest.raises(MailUnavailableError):  # a wrong password is the operator's to mend
            await mail(url, "wrong").send(LETTER)
    assert len(office.letters) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [("550 no such user", MailRefusedError), ("450 later", MailUnavailableError), ("421 closing", MailUnavailableError)],
)  # fmt: skip
async def test_what_a_server_says_about_a_recipient_is_final_only_from_500_on(
    answer: str, error: type[Exception]
) -> None:
    async with post() as office:
        office.refused[LETTER.to] = answer
        with pytest.raises(error) as caught:
            await mail(office.url()).send(LETTER)
    assert LETTER.to not in str(caught.value)


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({".": "554 spam"}, MailRefusedError),
        ({".": "452 full"}, MailUnavailableError),
        ({".": None}, MailUnavailableError),
        ({"DATA": "554 no"}, MailRefusedError),
        ({"DATA": None}, MailUnavailableError),
        ({"": "554 go away"}, MailUnavailableError),
        ({"": None}, MailUnavailableError),
        ({"EHLO": "502 what", "HELO": "502 what"}, MailUnavailableError),
        ({"MAIL": "550 not you"}, MailUnavailableError),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else value.__name__,
)
async def test_a_letter_is_refused_for_good_only_for_its_own_sake(
    answers: Mapping[str, str | None], error: type[Exception]
) -> None:
    async with talking(answering(answers)) as port:
        with pytest.raises(error):
            await mail(f"smtp://127.0.0.1:{port}?tls=none&timeout=5").send(LETTER)


async def test_what_was_taken_stays_taken_however_the_goodbye_goes() -> None:
    async with talking(answering({"QUIT": None})) as port:
        await mail(f"smtp://127.0.0.1:{port}?tls=none&timeout=5").send(LETTER)


@pytest.mark.parametrize("talk", [silent, dripping])
async def test_a_server_that_never_comes_to_an_end_is_left(talk: Talk) -> None:
    async with talking(talk) as port:
        with pytest.raises(MailUnavailableError):
            await mail(f"smtp://127.0.0.1:{port}?tls=none&timeout=0.2").send(LETTER)


async def test_nobody_listening_is_told_as_unavailable() -> None:
    async with talking(silent) as port:
        pass
    with pytest.raises(MailUnavailableError):
        await mail(f"smtp://127.0.0.1:{port}?tls=none").send(LETTER)


@pytest.mark.parametrize("utf8", [True, False])
async def test_an_address_in_any_script_arrives_where_the_server_takes_it(utf8: bool) -> None:
    async with post(utf8=utf8) as office:
        letter = replace(LETTER, to="jürgen@example.org")
        if utf8:
            await mail(office.url()).send(letter)
            assert office.recipients == [["jürgen@example.org"]]
        else:
            with pytest.raises(MailRefusedError):
                await mail(office.url()).send(letter)


@pytest.mark.parametrize(
    "change",
    [
        {"to": "anna@example.org\r\nBcc: eve@example.org"},
        {"to": "anna@example.org, eve@example.org"},
        {"to": "Anna <anna@example.org>"},
        {"to": "anna"},
        {"to": ""},
        {"to": "a" * 250 + "@example.org"},
        {"subject": "x\r\nBcc: eve@example.org"},
        {"subject": "x\ny"},
        {"subject": "x\u2028y"},
        {"message_id": "a@b"},
        {"message_id": "a>\r\nX: y"},
        {"message_id": ""},
    ],
    ids=str,
)
def test_a_letter_cannot_hold_what_would_change_its_headers(change: dict[str, str]) -> None:
    with pytest.raises(MailRefusedError) as caught:
        replace(LETTER, **change)
    assert "eve" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "sender", "password", "says"),
    [
        ("http://mail.example.org", FROM, None, "begins with"),
        ("smtp://", FROM, None, "begins with"),
        ("smtp://mail.example.org/path", FROM, None, "begins with"),
        ("smtp://mail.example.org:x", FROM, None, "not an address"),
        ("smtp://user:hunter2@mail.example.org", FROM, None, "DCS_MAIL_PASSWORD"),
        ("smtp://user@mail.example.org", FROM, None, "come together"),
        ("smtp://mail.example.org", FROM, "hunter2", "come together"),
        ("smtp://user@mail.example.org?tls=none", FROM, "hunter2", "without TLS"),
        ("smtp://mail.example.org?tls=maybe", FROM, None, "starttls or none"),
        ("smtp://mail.example.org?timeou=3", FROM, None, "Did you mean timeout"),
        ("smtp://mail.example.org?timeout=0", FROM, None, "timeout"),
        ("smtp://mail.example.org?timeout=nan", FROM, None, "timeout"),
        ("smtp://mail.example.org?ca=/nowhere.pem", FROM, None, "ca names"),
        ("smtp://mail.example.org", None, None, "DCS_MAIL_FROM"),
        ("smtp://mail.example.org", "a@b\r\nX: y", None, "DCS_MAIL_FROM"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_before_anything_is_sent(
    tmp_path: Path, url: str, sender: str | None, password: str | None, says: str
) -> None:
    with pytest.raises(MailAddressError, match=says) as caught:
        SmtpMail(MailServer.at(url, sender, password), ManualClock())
    assert "hunter2" not in str(caught.value)
    settings = Settings(
        environment="test", data_dir=tmp_path, mail=url, mail_from=sender, mail_password=password
    )
    with pytest.raises(SettingsError, match=says):
        open_mail(settings, ManualClock())


def test_a_server_is_what_its_address_says() -> None:
    server = MailServer.at("smtps://u%40v@mail.example.org", FROM, "hunter2")
    assert (server.host, server.port, server.tls, server.user) == (
        "mail.example.org",
        465,
        "implicit",
        "u@v",
    )
    assert "hunter2" not in repr(server)
    assert MailServer.at("smtp://[::1]:25?tls=none", FROM, None).host == "::1"
