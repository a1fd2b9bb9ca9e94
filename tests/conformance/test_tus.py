"""tus 1.0: what the protocol demands of a server, clause by clause."""

import asyncio
import base64
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from dcs.auth import Allowance
from dcs.core.ids import UploadId
from tests.conformance.conftest import (
    BROKEN,
    CONTENT,
    TUS_BYTES,
    UPLOADS,
    Answer,
    Desk,
    OpenBody,
    checksum,
    metadata,
)

pytestmark = pytest.mark.anyio

SIZE = len(CONTENT)
NAMED = metadata(dataset="d", filename="d.csv")


def id_of(url: str) -> UploadId:
    return UploadId(url.rpartition("/")[2])


# Core: headers


async def test_an_upload_in_one_request_becomes_a_version(desk: Desk) -> None:
    """Core, PATCH: 204 with the new offset, which is the old one and the bytes taken."""
    url = await desk.tus_create(SIZE)
    answer = await desk.tus_patch(url, 0, CONTENT)
    assert (answer.status, answer.headers["upload-offset"]) == (204, str(SIZE))
    assert await desk.content() == CONTENT


async def test_an_upload_goes_on_where_it_stopped(desk: Desk) -> None:
    """Core, PATCH: the bytes of each request are applied at the offset before it."""
    url = await desk.tus_create(SIZE)
    for start in range(0, SIZE, 5):
        piece = CONTENT[start : start + 5]
        answer = await desk.tus_patch(url, start, piece)
        assert (answer.status, answer.headers["upload-offset"]) == (204, str(start + len(piece)))
    assert await desk.content() == CONTENT


async def test_every_answer_names_the_version_of_the_protocol(desk: Desk) -> None:
    """Core, Tus-Resumable: in every response but those to OPTIONS, errors too."""
    url = await desk.tus_create(SIZE)
    answers = [
        await desk.tus("POST", UPLOADS, {"Upload-Length": "x"}),
        await desk.tus_head(url),
        await desk.tus_head(f"{UPLOADS}/unknown"),
        await desk.tus_patch(url, 3, b"x"),
        await desk.tus("PUT", url),
        await desk.tus("DELETE", url),
        await desk.tus_head(url),
    ]
    assert [each.status for each in answers] == [400, 200, 404, 409, 405, 204, 410]
    assert {each.headers["tus-resumable"] for each in answers} == {"1.0.0"}
    nobody = Desk(desk.studio, desk.app, desk.clock, desk.actor, "dcs_pat_wrong")
    refused = await nobody.tus_head(url)
    assert (refused.status, refused.headers["tus-resumable"]) == (401, "1.0.0")


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH", "DELETE"])
@pytest.mark.parametrize("version", ["0.2.2", "1.0", "2.0.0", "", "1.0.0, 0.2.2"])
async def test_another_version_of_the_protocol_is_refused_and_ours_is_named(
    desk: Desk, method: str, version: str
) -> None:
    """Core, Tus-Resumable: 412 with Tus-Version, and the request is not processed."""
    url = await desk.tus_create(SIZE)
    headers = {
        "Tus-Resumable": version,
        "Upload-Length": "5",
        "Upload-Metadata": NAMED,
        "Upload-Offset": "0",
        "Content-Type": TUS_BYTES,
    }
    target = UPLOADS if method == "POST" else url
    answer = await desk.send(method, target, headers, b"hello" if method == "PATCH" else b"")
    assert (answer.status, answer.headers["tus-version"]) == (412, "1.0.0")
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert "location" not in answer.headers
    assert await desk.offset(url) == 0


@pytest.mark.parametrize("value", ["-1", "1.5", "0x1", "", " ", "one", "٣", "1e3", "9" * 30])
async def test_an_offset_that_is_no_whole_number_is_refused(desk: Desk, value: str) -> None:
    """Core, Upload-Offset: a non-negative integer."""
    url = await desk.tus_create(SIZE)
    if not value.isascii():
        value = value.encode().decode("latin-1")
    answer = await desk.tus_patch(url, 0, b"x", Upload_Offset=value)
    assert answer.status == 400
    assert await desk.offset(url) == 0


@pytest.mark.parametrize("value", ["-1", "1.5", "", "many", "+5", "9" * 30, "5 5"])
async def test_a_length_that_is_no_whole_number_is_refused(desk: Desk, value: str) -> None:
    """Core, Upload-Length: a non-negative integer."""
    answer = await desk.tus("POST", UPLOADS, {"Upload-Length": value, "Upload-Metadata": NAMED})
    assert answer.status == 400


@pytest.mark.parametrize("name", ["Upload-Offset", "Upload-Length", "Upload-Checksum"])
async def test_a_header_that_comes_twice_with_two_values_is_refused(desk: Desk, name: str) -> None:
    """Core, headers: each has one value; taking either of two would be a guess."""
    url = await desk.tus_create(Upload_Defer_Length="1")
    values = {
        "Upload-Offset": ["0", "1"],
        "Upload-Length": ["5", "6"],
        "Upload-Checksum": [checksum("sha1", b"hello"), checksum("sha1", b"world")],
    }[name]
    answer = await desk.tus_patch(url, 0, b"hello", **{name: values})
    assert answer.status == 400
    assert await desk.offset(url) == 0


async def test_an_append_without_an_offset_is_refused(desk: Desk) -> None:
    """Core, PATCH: the offset header must equal the current offset, so it must be there."""
    url = await desk.tus_create(SIZE)
    answer = await desk.tus("PATCH", url, {"Content-Type": TUS_BYTES}, CONTENT)
    assert answer.status == 400
    assert await desk.offset(url) == 0


# Core: HEAD


async def test_the_offset_is_told_also_when_it_is_nothing_or_all(desk: Desk) -> None:
    """Core, HEAD: always Upload-Offset; Upload-Length where it is known."""
    url = await desk.tus_create(SIZE)
    answer = await desk.tus_head(url)
    assert (answer.status, answer.headers["upload-offset"]) == (200, "0")
    assert answer.headers["upload-length"] == str(SIZE)
    await desk.tus_patch(url, 0, CONTENT)
    answer = await desk.tus_head(url)
    assert (answer.status, answer.headers["upload-offset"]) == (200, str(SIZE))
    assert answer.headers["upload-length"] == str(SIZE)


async def test_what_head_says_is_kept_by_no_cache(desk: Desk) -> None:
    """Core, HEAD: Cache-Control is no-store."""
    url = await desk.tus_create(SIZE)
    assert (await desk.tus_head(url)).headers["cache-control"] == "no-store"


async def test_an_unknown_upload_is_not_found_and_has_no_offset(desk: Desk) -> None:
    """Core, HEAD and PATCH: 404 (or 403, 410) without Upload-Offset."""
    for answer in (
        await desk.tus_head(f"{UPLOADS}/nothing"),
        await desk.tus_patch(f"{UPLOADS}/nothing", 0, b"x"),
        await desk.tus("DELETE", f"{UPLOADS}/nothing"),
        await desk.tus_head(f"{UPLOADS}/a\x00b"),
    ):
        assert answer.status == 404
        assert "upload-offset" not in answer.headers


# Core: PATCH


@pytest.mark.parametrize("kind", [None, "application/octet-stream", "text/csv", ""])
async def test_bytes_that_are_not_labelled_as_such_are_refused(
    desk: Desk, kind: str | None
) -> None:
    """Core, PATCH: another Content-Type than the protocol's is answered with 415."""
    url = await desk.tus_create(SIZE)
    answer = await desk.tus("PATCH", url, {"Upload-Offset": "0", "Content-Type": kind}, CONTENT)
    assert answer.status == 415
    assert await desk.offset(url) == 0


@pytest.mark.parametrize("offset", [0, 4, 6, 17, 2**62])
async def test_bytes_for_another_offset_are_refused_and_change_nothing(
    desk: Desk, offset: int
) -> None:
    """Core, PATCH: 409 where the offsets do not match, without modifying the upload."""
    url = await desk.tus_create(Upload_Defer_Length="1")
    await desk.tus_patch(url, 0, CONTENT[:5])
    answer = await desk.tus_patch(url, offset, CONTENT[5:], Upload_Length=str(SIZE))
    assert answer.status == 409
    assert answer.headers["upload-offset"] == "5"
    head = await desk.tus_head(url)
    assert head.headers["upload-offset"] == "5"
    assert "upload-length" not in head.headers
    assert (await desk.tus_patch(url, 5, CONTENT[5:], Upload_Length=str(SIZE))).status == 204
    assert await desk.content() == CONTENT


async def test_what_came_before_the_connection_broke_is_kept(desk: Desk) -> None:
    """Core, PATCH: as much as possible of what was received is stored."""
    url = await desk.tus_create(SIZE)
    body = [CONTENT[:3], CONTENT[3:7], BROKEN]
    await desk.tus_patch(url, 0, body, Content_Length=str(SIZE))
    assert await desk.offset(url) == 7
    assert await desk.versions() == []
    await desk.tus_patch(url, 7, CONTENT[7:])
    assert await desk.content() == CONTENT


async def test_a_body_shorter_than_announced_is_kept_and_told_as_broken(desk: Desk) -> None:
    """Core, PATCH: network errors are detected; what came is stored."""
    url = await desk.tus_create(SIZE)
    answer = await desk.tus_patch(url, 0, [CONTENT[:7]], Content_Length=str(SIZE))
    assert answer.status == 503
    assert await desk.offset(url) == 7


async def test_more_bytes_than_the_length_are_refused_and_end_the_upload(desk: Desk) -> None:
    """Creation: once set the length must not be changed, by no number of bytes either."""
    url = await desk.tus_create(5)
    answer = await desk.tus_patch(url, 0, b"hello world")
    assert answer.status == 400
    assert (await desk.tus_head(url)).status == 410
    assert await desk.versions() == []


async def test_nothing_can_be_appended_to_a_complete_upload(desk: Desk) -> None:
    """Core, PATCH: the offset must match, and behind the last byte there is no room."""
    url = await desk.tus_create(SIZE)
    await desk.tus_patch(url, 0, CONTENT)
    assert (await desk.tus_patch(url, SIZE, b"more")).status == 400
    assert (await desk.tus_patch(url, 0, CONTENT)).status == 409
    assert (await desk.tus_head(url)).headers["upload-offset"] == str(SIZE)
    assert await desk.content() == CONTENT


async def test_a_client_that_missed_the_last_answer_may_ask_again(desk: Desk) -> None:
    """Core, PATCH: no bytes at the right offset are acknowledged like any others."""
    url = await desk.tus_create(SIZE)
    first = await desk.tus_patch(url, 0, CONTENT)
    again = await desk.tus_patch(url, SIZE, b"")
    assert (again.status, again.headers["upload-offset"]) == (204, str(SIZE))
    assert again.headers["dcs-version"] == first.headers["dcs-version"]
    assert len(await desk.versions()) == 1


# Core: OPTIONS and the override


@pytest.mark.parametrize("version", [None, "1.0.0", "0.1.0"])
async def test_options_tells_what_is_spoken_whatever_version_is_asked(
    desk: Desk, version: str | None
) -> None:
    """Core, OPTIONS: 204 or 200 with Tus-Version; the client's Tus-Resumable is ignored."""
    answer = await desk.send("OPTIONS", UPLOADS, {"Tus-Resumable": version})
    assert answer.status in {200, 204}
    assert answer.headers["tus-version"] == "1.0.0"
    assert set(answer.headers["tus-extension"].split(",")) == {
        "creation",
        "creation-with-upload",
        "creation-defer-length",
        "checksum",
        "concatenation",
        "expiration",
        "termination",
    }
    assert int(answer.headers["tus-max-size"]) == 10 * 1024**3
    assert "sha1" in answer.headers["tus-checksum-algorithm"].split(",")
    assert answer.headers["tus-checksum-algorithm"].islower()


async def test_the_largest_size_told_is_the_organisations_own(desk: Desk) -> None:
    """Core, Tus-Max-Size: the largest size of a whole upload."""
    await desk.allow(Allowance(max_file_size=1_000, max_storage=700))
    assert (await desk.send("OPTIONS", UPLOADS)).headers["tus-max-size"] == "700"


@pytest.mark.parametrize("actual", ["POST", "PATCH", "GET", "PUT"])
async def test_the_overriding_method_is_the_method(desk: Desk, actual: str) -> None:
    """Core, X-HTTP-Method-Override: it is the method, and the actual one is ignored."""
    url = await desk.tus_create(SIZE)

    async def override(method: str, target: str, **headers: str) -> Answer:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        body = CONTENT if method == "PATCH" else b""
        return await desk.tus(actual, target, {"X-HTTP-Method-Override": method, **given}, body)

    head = await override("HEAD", url)
    assert (head.status, head.headers["upload-offset"]) == (200, "0")
    patched = await override("PATCH", url, Upload_Offset="0", Content_Type=TUS_BYTES)
    assert (patched.status, patched.headers["upload-offset"]) == (204, str(SIZE))
    created = await override("POST", UPLOADS, Upload_Length="5", Upload_Metadata=NAMED)
    assert created.status == 201
    assert (await override("DELETE", created.headers["location"])).status == 204
    assert (await override("OPTIONS", UPLOADS)).headers["tus-version"] == "1.0.0"
    assert (await override("BREW", url)).status == 405
    assert (await desk.tus("POST", url)).status == 405


async def test_an_override_cannot_dress_a_change_up_as_a_read(desk: Desk) -> None:
    """Core, X-HTTP-Method-Override: the check of a browser's origin sees the method that counts."""
    url = await desk.tus_create(SIZE)
    cookies = {"Cookie": "dcs_session=x", "Authorization": None, "Tus-Resumable": "1.0.0"}
    nobody = Desk(desk.studio, desk.app, desk.clock, desk.actor, "")
    answer = await nobody.send("GET", url, {**cookies, "X-HTTP-Method-Override": "DELETE"})
    assert (answer.status, answer.problem["code"]) == (403, "foreign_origin")
    assert await desk.offset(url) == 0


# Creation


async def test_a_new_upload_has_an_address_and_no_bytes(desk: Desk) -> None:
    """Creation, POST: 201 with Location."""
    answer = await desk.tus("POST", UPLOADS, {"Upload-Length": "5", "Upload-Metadata": NAMED})
    assert answer.status == 201
    assert answer.headers["location"].startswith(f"{UPLOADS}/")
    assert await desk.offset(answer.headers["location"]) == 0


async def test_a_length_is_given_or_deferred_and_not_both_or_neither(desk: Desk) -> None:
    """Creation, POST: exactly one of Upload-Length and Upload-Defer-Length."""
    for headers in ({}, {"Upload-Length": "5", "Upload-Defer-Length": "1"}):
        answer = await desk.tus("POST", UPLOADS, {"Upload-Metadata": NAMED, **headers})
        assert answer.status == 400


@pytest.mark.parametrize("value", ["0", "2", "true", "", "01"])
async def test_a_deferred_length_is_said_with_one_alone(desk: Desk, value: str) -> None:
    """Creation, Upload-Defer-Length: any other value than 1 is answered with 400."""
    headers = {"Upload-Metadata": NAMED, "Upload-Defer-Length": value}
    assert (await desk.tus("POST", UPLOADS, headers)).status == 400


async def test_a_deferred_length_is_told_until_it_is_known(desk: Desk) -> None:
    """Creation, POST: Upload-Defer-Length: 1 in every answer to HEAD until the length is set."""
    url = await desk.tus_create(Upload_Defer_Length="1")
    await desk.tus_patch(url, 0, CONTENT[:4])
    head = await desk.tus_head(url)
    assert head.headers["upload-defer-length"] == "1"
    assert "upload-length" not in head.headers
    await desk.tus_patch(url, 4, CONTENT[4:6], Upload_Length=str(SIZE))
    head = await desk.tus_head(url)
    assert head.headers["upload-length"] == str(SIZE)
    assert "upload-defer-length" not in head.headers
    await desk.tus_patch(url, 6, CONTENT[6:])
    assert await desk.content() == CONTENT


async def test_the_last_request_of_a_deferred_length_may_have_no_bytes(desk: Desk) -> None:
    """Creation, POST: the length comes with the next PATCH once it is known."""
    url = await desk.tus_create(Upload_Defer_Length="1")
    await desk.tus_patch(url, 0, CONTENT)
    answer = await desk.tus_patch(url, SIZE, b"", Upload_Length=str(SIZE))
    assert answer.status == 204
    assert await desk.content() == CONTENT


async def test_a_length_once_set_cannot_change(desk: Desk) -> None:
    """Creation, POST: once set the length must not be changed."""
    url = await desk.tus_create(SIZE)
    answer = await desk.tus_patch(url, 0, CONTENT[:4], Upload_Length="4")
    assert (answer.status, answer.problem["code"]) == (400, "inconsistent_length")
    head = await desk.tus_head(url)
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == ("0", str(SIZE))


async def test_a_length_shorter_than_what_has_come_is_refused(desk: Desk) -> None:
    """Core, Upload-Length: the size of the entire upload, so never less than its offset."""
    url = await desk.tus_create(Upload_Defer_Length="1")
    await desk.tus_patch(url, 0, CONTENT[:10])
    answer = await desk.tus_patch(url, 10, b"", Upload_Length="5")
    assert answer.status == 400
    assert (await desk.tus_head(url)).headers["upload-defer-length"] == "1"
    assert (await desk.tus_patch(url, 10, CONTENT[10:], Upload_Length=str(SIZE))).status == 204
    assert await desk.content() == CONTENT


async def test_metadata_is_told_again_as_it_was_written(desk: Desk) -> None:
    """Creation, POST: the answer to HEAD has the metadata as the client specified it."""
    raw = f"{NAMED},note {base64.b64encode(bytes(range(256))).decode()},empty,blank "
    url = await desk.tus_create(SIZE, Upload_Metadata=raw.rstrip())
    assert (await desk.tus_head(url)).headers["upload-metadata"] == raw.rstrip()


@pytest.mark.parametrize(
    "raw",
    [
        f"{NAMED},filename eC5jc3Y=",  # twice
        f"{NAMED},,key eA==",  # no key
        f"{NAMED},",  # a pair of nothing
        f"{NAMED},key not-base64!",
        f"{NAMED},key eA",  # without padding
        f"{NAMED},key eA== eA==",  # two values
        f"{NAMED},k\u00e9y eA==",
        f"{NAMED},k\x7fy eA==",
        f"{NAMED},key\teA==",
        "filename eC5jc3Y=",  # no dataset
        f"dataset {base64.b64encode(bytes([0xFF, 0xFE])).decode()}",  # no text
        f"{NAMED},submit {base64.b64encode(b'maybe').decode()}",
        f"{NAMED},blob {'A' * 16_384}",
        ",".join(f"k{n}" for n in range(1_000)),
    ],
)
async def test_metadata_that_breaks_the_rules_is_refused(desk: Desk, raw: str) -> None:
    """Creation, Upload-Metadata: unique non-empty keys without spaces, values in base64."""
    answer = await desk.tus("POST", UPLOADS, {"Upload-Length": "5", "Upload-Metadata": raw})
    assert answer.status == 400
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd\u202e.csv", "passwd.csv"),
        ("a\r\nSet-Cookie: x=1\r\n.csv", "aSet-Cookie: x=1.csv"),
        ("\u2066\u0000rep\x1bort\u200f.csv", "report.csv"),
        ("C:\\Users\\jane\\ü.csv", "ü.csv"),
    ],
)
async def test_a_file_name_is_cleaned_before_it_is_used(desk: Desk, name: str, shown: str) -> None:
    """Creation, Upload-Metadata: values are validated or sanitised before use."""
    url = await desk.tus_create(SIZE, Upload_Metadata=metadata(dataset="d", filename=name))
    answer = await desk.tus_patch(url, 0, CONTENT)
    assert answer.status == 204
    assert [each.filename for each in await desk.versions()] == [shown]


async def test_a_length_above_the_limit_is_refused_at_once(desk: Desk) -> None:
    """Creation, POST: 413 where the length exceeds the maximum."""
    await desk.allow(Allowance(max_file_size=1_000))
    headers = {"Upload-Length": "1001", "Upload-Metadata": NAMED}
    answer = await desk.tus("POST", UPLOADS, headers)
    assert answer.status == 413
    assert "max-size=1000" in answer.headers["upload-limit"]
    url = await desk.tus_create(Upload_Defer_Length="1")
    assert (await desk.tus_patch(url, 0, b"x", Upload_Length="1001")).status == 413
    assert await desk.offset(url) == 0


async def test_bytes_above_the_limit_are_not_taken_whatever_was_announced(desk: Desk) -> None:
    """Core, Tus-Max-Size: the maximum holds for uploads whose length is not known."""
    await desk.allow(Allowance(max_file_size=10))
    url = await desk.tus_create(Upload_Defer_Length="1")
    assert (await desk.tus_patch(url, 0, b"0123456789")).status == 204
    assert (await desk.tus_patch(url, 10, b"x")).status == 413
    assert await desk.offset(url) == 10


async def test_what_an_organisation_keeps_counts_against_the_next_upload(desk: Desk) -> None:
    """Creation, POST: 413 for what no longer fits, also when room is lost in between."""
    await desk.allow(Allowance(max_storage=SIZE + 5))
    late = await desk.tus_create(SIZE + 1)
    url = await desk.tus_create(SIZE)
    await desk.tus_patch(url, 0, CONTENT)
    headers = {"Upload-Length": "6", "Upload-Metadata": NAMED}
    answer = await desk.tus("POST", UPLOADS, headers)
    assert (answer.status, answer.problem["code"]) == (413, "storage_full")
    assert (await desk.tus_patch(late, 0, b"x" * (SIZE + 1))).status == 413
    assert len(await desk.versions()) == 1


async def test_a_format_the_organisation_does_not_accept_is_refused(desk: Desk) -> None:
    """Creation, POST: a server may reject an upload for its metadata."""
    await desk.allow(Allowance(formats=("tsv",)))
    headers = {"Upload-Length": "5", "Upload-Metadata": NAMED}
    answer = await desk.tus("POST", UPLOADS, headers)
    assert (answer.status, answer.problem["code"]) == (422, "unsupported_format")
    accepted = metadata(dataset="d", filename="d.tsv")
    assert (await desk.tus_create(5, Upload_Metadata=accepted)).startswith(UPLOADS)


async def test_nobody_has_more_unfinished_uploads_than_allowed(desk: Desk) -> None:
    """A server bounds what it keeps open; an ended upload makes room."""
    urls = [await desk.tus_create(5) for _ in range(5)]
    headers = {"Upload-Length": "5", "Upload-Metadata": NAMED}
    answer = await desk.tus("POST", UPLOADS, headers)
    assert (answer.status, answer.problem["code"]) == (429, "too_many_uploads")
    assert int(answer.headers["retry-after"]) > 0
    colleague = await desk.colleague()
    assert (await colleague.tus("POST", UPLOADS, headers)).status == 201
    await desk.tus("DELETE", urls[0])
    assert (await desk.tus("POST", UPLOADS, headers)).status == 201


# Creation with upload


async def test_an_upload_may_begin_with_its_bytes(desk: Desk) -> None:
    """Creation with upload: the answer's Upload-Offset counts what came with it."""
    headers = {"Upload-Length": str(SIZE), "Upload-Metadata": NAMED, "Content-Type": TUS_BYTES}
    answer = await desk.tus("POST", UPLOADS, headers, CONTENT[:6])
    assert (answer.status, answer.headers["upload-offset"]) == (201, "6")
    answer = await desk.tus_patch(answer.headers["location"], 6, CONTENT[6:])
    assert await desk.content() == CONTENT


async def test_an_upload_may_come_whole_with_its_creation(desk: Desk) -> None:
    """Creation with upload: all of the bytes may come at once."""
    headers = {"Upload-Length": str(SIZE), "Upload-Metadata": NAMED, "Content-Type": TUS_BYTES}
    answer = await desk.tus("POST", UPLOADS, headers, CONTENT)
    assert (answer.status, answer.headers["upload-offset"]) == (201, str(SIZE))
    [version] = await desk.versions()
    assert answer.headers["dcs-version"] == version.id


async def test_bytes_at_creation_need_their_label(desk: Desk) -> None:
    """Creation with upload: the same Content-Type as for PATCH; nothing is created without."""
    headers = {"Upload-Length": str(SIZE), "Upload-Metadata": NAMED, "Content-Type": "text/csv"}
    answer = await desk.tus("POST", UPLOADS, headers, CONTENT)
    assert answer.status == 415
    assert "location" not in answer.headers


async def test_bytes_at_creation_are_read_without_an_announced_length_too(desk: Desk) -> None:
    """Creation with upload: what is labelled as bytes is taken, also in HTTP/2 without a length."""
    headers = {"Upload-Length": str(SIZE), "Upload-Metadata": NAMED, "Content-Type": TUS_BYTES}
    answer = await desk.tus("POST", UPLOADS, headers, [CONTENT])
    assert (answer.status, answer.headers["upload-offset"]) == (201, str(SIZE))


async def test_a_checksum_at_creation_is_checked_and_the_upload_is_there_to_go_on(
    desk: Desk,
) -> None:
    """Creation with upload and checksum: rules similar to those of PATCH."""
    headers = {"Upload-Length": str(SIZE), "Upload-Metadata": NAMED, "Content-Type": TUS_BYTES}
    wrong = {**headers, "Upload-Checksum": checksum("sha1", b"other")}
    answer = await desk.tus("POST", UPLOADS, wrong, CONTENT)
    assert answer.status == 460
    assert await desk.offset(answer.headers["location"]) == 0
    unknown = {**headers, "Upload-Checksum": "md4 eA=="}
    answer = await desk.tus("POST", UPLOADS, unknown, CONTENT)
    assert answer.status == 400
    assert "location" not in answer.headers


# Expiration


async def test_an_upload_says_when_it_will_be_gone(desk: Desk) -> None:
    """Expiration: Upload-Expires in the answer to POST and to every PATCH, as an HTTP date."""
    headers = {"Upload-Length": str(SIZE), "Upload-Metadata": NAMED}
    created = await desk.tus("POST", UPLOADS, headers)
    url = created.headers["location"]
    assert created.headers["upload-expires"].endswith(" GMT")
    first = parsedate_to_datetime(created.headers["upload-expires"])
    assert first - desk.clock.now() == timedelta(hours=24)
    desk.clock.advance(timedelta(hours=3))
    patched = await desk.tus_patch(url, 0, b"x")
    assert parsedate_to_datetime(patched.headers["upload-expires"]) == first + timedelta(hours=3)
    head = await desk.tus_head(url)
    assert head.headers["upload-expires"] == patched.headers["upload-expires"]


async def test_an_upload_whose_time_is_over_is_gone(desk: Desk) -> None:
    """Expiration: 410 for an upload of which it is known that it expired."""
    url = await desk.tus_create(SIZE)
    await desk.tus_patch(url, 0, CONTENT[:5])
    desk.clock.advance(timedelta(hours=24, seconds=1))
    assert await desk.studio.uploads.expiry.expire(desk.actor.tenant, id_of(url)) is None
    for answer in (await desk.tus_head(url), await desk.tus_patch(url, 5, CONTENT[5:])):
        assert answer.status == 410
        assert "upload-offset" not in answer.headers
    assert await desk.studio.objects.received(desk.actor.tenant, id_of(url)) == 0


async def test_an_upload_lives_on_while_bytes_come_but_not_for_ever(desk: Desk) -> None:
    """Expiration: the time may change; a trickle of bytes keeps nothing open without end."""
    url = await desk.tus_create(SIZE)
    began = desk.clock.now()
    for position in range(8):
        answer = await desk.tus_patch(url, position, CONTENT[position : position + 1])
        desk.clock.advance(timedelta(hours=20))
    assert parsedate_to_datetime(answer.headers["upload-expires"]) <= began + timedelta(days=7)
    desk.clock.advance(timedelta(days=1))
    await desk.studio.uploads.expiry.expire(desk.actor.tenant, id_of(url))
    assert (await desk.tus_head(url)).status == 410


async def test_looking_whether_time_is_over_does_not_end_a_request_in_flight(desk: Desk) -> None:
    """Expiration: only what has expired is removed."""
    url = await desk.tus_create(SIZE)
    desk.clock.advance(timedelta(hours=23))
    await desk.tus_patch(url, 0, CONTENT[:2])
    body = OpenBody()
    sending = asyncio.create_task(desk.tus_patch(url, 2, body))
    await body.send(CONTENT[2:5])
    desk.clock.advance(timedelta(hours=2))
    again = await desk.studio.uploads.expiry.expire(desk.actor.tenant, id_of(url))
    assert again is not None
    desk.clock.advance(timedelta(hours=30))
    again = await desk.studio.uploads.expiry.expire(desk.actor.tenant, id_of(url))
    assert again is not None
    await body.send(CONTENT[5:])
    body.end()
    assert (await sending).status == 204
    assert await desk.content() == CONTENT


async def test_a_request_in_flight_does_not_keep_an_upload_for_ever(desk: Desk) -> None:
    """Expiration: the longest time holds for a sender that never stops, too."""
    url = await desk.tus_create(SIZE)
    body = OpenBody()
    sending = asyncio.create_task(desk.tus_patch(url, 0, body))
    await body.send(CONTENT[:5])
    desk.clock.advance(timedelta(days=7, seconds=1))
    assert await desk.studio.uploads.expiry.expire(desk.actor.tenant, id_of(url)) is None
    assert (await sending).status == 409
    assert (await desk.tus_head(url)).status == 410


# Checksum


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_bytes_that_are_what_their_sender_hashed_are_taken(
    desk: Desk, algorithm: str
) -> None:
    """Checksum: 204 where it matches; sha1 at least must be supported."""
    url = await desk.tus_create(SIZE)
    first, rest = CONTENT[:7], CONTENT[7:]
    answer = await desk.tus_patch(url, 0, first, Upload_Checksum=checksum(algorithm, first))
    assert (answer.status, answer.headers["upload-offset"]) == (204, "7")
    answer = await desk.tus_patch(url, 7, rest, Upload_Checksum=checksum(algorithm, rest))
    assert answer.status == 204
    assert await desk.content() == CONTENT


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_bytes_that_are_not_what_their_sender_hashed_are_discarded(
    desk: Desk, algorithm: str
) -> None:
    """Checksum: 460, the chunk is discarded, upload and offset stay as they were."""
    url = await desk.tus_create(Upload_Defer_Length="1")
    await desk.tus_patch(url, 0, CONTENT[:7])
    wrong = checksum(algorithm, b"something else")
    answer = await desk.tus_patch(
        url, 7, [CONTENT[7:9], b"damaged"], Upload_Checksum=wrong, Upload_Length=str(SIZE)
    )
    assert answer.status == 460
    head = await desk.tus_head(url)
    assert (head.headers["upload-offset"], head.headers["upload-defer-length"]) == ("7", "1")
    assert (await desk.tus_patch(url, 7, CONTENT[7:], Upload_Length=str(SIZE))).status == 204
    assert await desk.content() == CONTENT


@pytest.mark.parametrize(
    "value",
    [
        "md5 1B2M2Y8AsgTpgAmY7PhCfg==",
        "SHA1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
        "sha1",
        "sha1 ",
        "sha1 not-base64!",
        "sha1 AAAA",
        "sha1  2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
        "",
    ],
)
async def test_a_checksum_that_cannot_be_checked_is_refused(desk: Desk, value: str) -> None:
    """Checksum: 400 for an unknown algorithm, and the upload is not touched."""
    url = await desk.tus_create(SIZE)
    answer = await desk.tus_patch(url, 0, b"", Upload_Checksum=value)
    assert answer.status == 400
    assert await desk.offset(url) == 0


async def test_half_of_a_request_with_a_checksum_is_not_kept(desk: Desk) -> None:
    """Checksum: bytes that could not be verified do not count, also if the connection broke."""
    url = await desk.tus_create(SIZE)
    await desk.tus_patch(url, 0, CONTENT[:4])
    body = [CONTENT[4:6], CONTENT[6:9], BROKEN]
    right = checksum("sha256", CONTENT[4:])
    await desk.tus_patch(url, 4, body, Upload_Checksum=right, Content_Length=str(SIZE - 4))
    assert await desk.offset(url) == 4
    await desk.tus_patch(url, 4, CONTENT[4:], Upload_Checksum=right)
    assert await desk.content() == CONTENT


# Termination


async def test_an_ended_upload_frees_what_it_kept(desk: Desk) -> None:
    """Termination: 204, resources are freed, and 410 for every later request."""
    url = await desk.tus_create(SIZE)
    await desk.tus_patch(url, 0, CONTENT[:5])
    answer = await desk.tus("DELETE", url)
    assert (answer.status, answer.body) == (204, b"")
    assert await desk.studio.objects.received(desk.actor.tenant, id_of(url)) == 0
    for later in (
        await desk.tus_head(url),
        await desk.tus_patch(url, 5, CONTENT[5:]),
        await desk.tus("DELETE", url),
    ):
        assert later.status == 410


async def test_a_complete_upload_can_be_ended_and_its_version_stays(desk: Desk) -> None:
    """Termination: 204 for complete uploads as well; later requests find it gone."""
    url = await desk.tus_create(SIZE)
    await desk.tus_patch(url, 0, CONTENT)
    assert (await desk.tus("DELETE", url)).status == 204
    assert (await desk.tus_head(url)).status == 410
    assert await desk.content() == CONTENT


# Concatenation


async def part(desk: Desk, content: bytes, **headers: str) -> str:
    url = await desk.tus_create(
        len(content), Upload_Concat="partial", Upload_Metadata=None, **headers
    )
    answer = await desk.tus_patch(url, 0, content)
    assert answer.status == 204, answer
    return url


async def join(desk: Desk, *urls: str, **headers: str | None) -> Answer:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    concat = {"Upload-Concat": "final;" + " ".join(urls), "Upload-Metadata": NAMED}
    return await desk.tus("POST", UPLOADS, {**concat, **given})


async def test_parts_are_joined_in_the_order_that_is_asked_for(desk: Desk) -> None:
    """Concatenation: joined in the order of the list; the length is the sum of the parts'."""
    second = await part(desk, CONTENT[9:])
    first = await part(desk, CONTENT[:9])
    assert await desk.versions() == []
    answer = await join(desk, first, second)
    assert answer.status == 201
    assert await desk.content() == CONTENT
    head = await desk.tus_head(answer.headers["location"])
    assert head.headers["upload-offset"] == head.headers["upload-length"] == str(SIZE)


async def test_parts_and_their_join_say_what_they_are_as_it_was_written(desk: Desk) -> None:
    """Concatenation: HEAD has Upload-Concat as it was received, and of a part its offset."""
    begun = await desk.tus_create(SIZE, Upload_Concat="partial", Upload_Metadata=None)
    head = await desk.tus_head(begun)
    assert (head.headers["upload-concat"], head.headers["upload-offset"]) == ("partial", "0")
    url = await part(desk, CONTENT)
    whole = await join(desk, f"http://studio{url}")
    assert whole.status == 201
    head = await desk.tus_head(whole.headers["location"])
    assert head.headers["upload-concat"] == f"final;http://studio{url}"


async def test_creations_of_parts_and_joins_name_their_kind(desk: Desk) -> None:
    """Concatenation, Upload-Concat: also in the answers to creations."""
    headers = {"Upload-Length": str(SIZE), "Upload-Concat": "partial"}
    assert (await desk.tus("POST", UPLOADS, headers)).headers["upload-concat"] == "partial"
    url = await part(desk, CONTENT)
    assert (await join(desk, url)).headers["upload-concat"] == f"final;{url}"


async def test_a_join_takes_no_bytes_of_its_own(desk: Desk) -> None:
    """Concatenation: 403 for PATCH to a final upload, which is not modified."""
    url = await part(desk, CONTENT)
    final = (await join(desk, url)).headers["location"]
    for offset in (0, SIZE):
        assert (await desk.tus_patch(final, offset, b"x")).status == 403
    assert await desk.content() == CONTENT


async def test_unfinished_foreign_and_unknown_parts_are_not_joined(
    desk: Desk, stranger: Desk
) -> None:
    """Concatenation: without concatenation-unfinished only complete parts are joined."""
    unfinished = await desk.tus_create(SIZE, Upload_Concat="partial", Upload_Metadata=None)
    whole = await desk.tus_create(SIZE)
    theirs = await part(stranger, CONTENT)
    for url in (unfinished, whole, theirs, f"{UPLOADS}/unknown"):
        answer = await join(desk, url)
        assert answer.status in {404, 422}
        assert "location" not in answer.headers
    assert (await join(desk)).status in {400, 422}
    assert await desk.versions() == []


async def test_a_part_may_be_joined_more_than_once(desk: Desk) -> None:
    """Concatenation: parts may be used several times."""
    head, row = await part(desk, b"id\n"), await part(desk, b"1\n")
    assert (await join(desk, head, row, row)).status == 201
    assert await desk.content() == b"id\n1\n1\n"
    assert (await join(desk, head, row)).status == 201
    assert len(await desk.versions()) == 2


async def test_metadata_of_parts_does_not_become_that_of_the_join(desk: Desk) -> None:
    """Concatenation: metadata of the parts is not transferred."""
    url = await desk.tus_create(
        SIZE, Upload_Concat="partial", Upload_Metadata=metadata(filename="part.tsv")
    )
    await desk.tus_patch(url, 0, CONTENT)
    final = (await join(desk, url)).headers["location"]
    assert (await desk.tus_head(final)).headers["upload-metadata"] == NAMED
    assert [each.filename for each in await desk.versions()] == ["d.csv"]


async def test_a_join_with_a_length_of_its_own_is_refused_if_it_is_another(desk: Desk) -> None:
    """Concatenation: no Upload-Length at a join; its length is the sum of the parts'."""
    url = await part(desk, CONTENT)
    assert (await join(desk, url, Upload_Length="3")).status == 400
    assert (await join(desk, url, Upload_Concat="finally;" + url)).status == 400
    assert (await join(desk, url, Upload_Concat="final")).status == 400
    assert await desk.versions() == []


async def test_a_join_is_refused_like_any_file(desk: Desk) -> None:
    """Concatenation: what is joined is bound by the maximum too."""
    urls = [await part(desk, CONTENT), await part(desk, CONTENT)]
    await desk.allow(Allowance(max_file_size=SIZE + 1))
    assert (await join(desk, *urls)).status == 413
    assert await desk.versions() == []


async def test_parts_that_nobody_joins_are_removed_like_any_upload(desk: Desk) -> None:
    """Expiration: a part expires whether it is complete, has all bytes or only some."""
    complete = await part(desk, CONTENT)
    some = await desk.tus_create(SIZE, Upload_Concat="partial", Upload_Metadata=None)
    await desk.tus_patch(some, 0, CONTENT[:3])
    died = await desk.tus_create(SIZE, Upload_Concat="partial", Upload_Metadata=None)
    async with desk.studio.objects.resume(desk.actor.tenant, id_of(died)) as stream:
        await stream.write(CONTENT)
    desk.clock.advance(timedelta(days=8))
    for url in (complete, some, died):
        assert await desk.studio.uploads.expiry.expire(desk.actor.tenant, id_of(url)) is None
        assert (await desk.tus_head(url)).status == 410
        assert await desk.studio.objects.received(desk.actor.tenant, id_of(url)) == 0


async def test_a_part_whose_process_died_after_its_last_byte_is_complete(desk: Desk) -> None:
    """Concatenation: what HEAD says is complete can be joined."""
    url = await desk.tus_create(SIZE, Upload_Concat="partial", Upload_Metadata=None)
    async with desk.studio.objects.resume(desk.actor.tenant, id_of(url)) as stream:
        await stream.write(CONTENT)
    assert await desk.offset(url) == SIZE
    assert (await join(desk, url)).status == 201
    assert await desk.content() == CONTENT


# What the protocol leaves to the server


async def test_an_upload_of_somebody_else_does_not_exist(desk: Desk, stranger: Desk) -> None:
    """Core: authorisation is the server's; who may not know of an upload finds none."""
    url = await desk.tus_create(SIZE)
    await desk.tus_patch(url, 0, CONTENT[:4])
    for other in (stranger, await desk.colleague()):
        for answer in (
            await other.tus_head(url),
            await other.tus_patch(url, 4, CONTENT[4:]),
            await other.tus("DELETE", url),
        ):
            assert answer.status == 404
            assert "upload-offset" not in answer.headers
    assert await desk.offset(url) == 4


async def test_somebody_else_cannot_end_a_request_in_flight(desk: Desk, stranger: Desk) -> None:
    """Core: authorisation comes before any effect."""
    url = await desk.tus_create(SIZE)
    body = OpenBody()
    sending = asyncio.create_task(desk.tus_patch(url, 0, body))
    await body.send(CONTENT[:5])
    for other in (stranger, await desk.colleague()):
        assert (await other.tus_head(url)).status == 404
        assert (await other.tus("DELETE", url)).status == 404
    await body.send(CONTENT[5:])
    body.end()
    assert (await sending).status == 204
    assert await desk.content() == CONTENT


@pytest.mark.parametrize("when", ["between two requests", "during the last one"])
async def test_who_loses_the_right_while_sending_does_not_complete(desk: Desk, when: str) -> None:
    """Core: authorisation is asked again before the last byte counts."""
    sender = await desk.colleague()
    url = await sender.tus_create(SIZE)
    body = OpenBody()
    sending = asyncio.create_task(sender.tus_patch(url, 0, body))
    await body.send(CONTENT[:5])
    if when == "between two requests":
        body.end()
        assert (await sending).status == 204
        await sender.lose_the_role()
        answer = await sender.tus_patch(url, 5, CONTENT[5:])
    else:
        await sender.lose_the_role()
        await body.send(CONTENT[5:])
        body.end()
        answer = await sending
    assert answer.status in {403, 404}
    assert (await sender.tus_head(url)).status == 410
    assert await desk.versions() == []


async def test_whose_account_is_closed_while_sending_does_not_complete(desk: Desk) -> None:
    """Core: authorisation is asked again before the last byte counts."""
    url = await desk.tus_create(SIZE)
    body = OpenBody()
    sending = asyncio.create_task(desk.tus_patch(url, 0, body))
    await body.send(CONTENT)
    await desk.close_the_account()
    body.end()
    assert (await sending).status == 403
    assert await desk.versions() == []


@pytest.mark.parametrize("way", ["HEAD", "PATCH", "DELETE"])
async def test_a_newer_request_ends_the_older_one_and_loses_nothing(desk: Desk, way: str) -> None:
    """Core, PATCH: a request whose sender has gone must not hold up the next one."""
    url = await desk.tus_create(SIZE)
    body = OpenBody()
    older = asyncio.create_task(desk.tus_patch(url, 0, body))
    await body.send(CONTENT[:5])
    async with asyncio.timeout(5):
        if way == "DELETE":
            assert (await desk.tus("DELETE", url)).status == 204
            assert (await desk.tus_head(url)).status == 410
        elif way == "HEAD":
            assert await desk.offset(url) == 5
        else:
            assert (await desk.tus_patch(url, 5, CONTENT[5:])).status == 204
            assert await desk.content() == CONTENT
        assert (await older).status == 409


async def test_many_requests_at_once_keep_one_order(desk: Desk) -> None:
    """Core, PATCH: offsets that do not match are refused, whoever comes first."""
    url = await desk.tus_create(SIZE)
    answers = await asyncio.gather(*(desk.tus_patch(url, 0, CONTENT) for _ in range(8)))
    assert [each.status for each in answers].count(204) >= 1
    assert {each.status for each in answers} <= {204, 409}
    assert await desk.content() == CONTENT


async def test_a_file_whose_process_died_after_the_last_byte_arrives_when_asked(
    desk: Desk,
) -> None:
    """Core, HEAD: a complete offset means a complete upload."""
    url = await desk.tus_create(SIZE)
    async with desk.studio.objects.resume(desk.actor.tenant, id_of(url)) as stream:
        await stream.write(CONTENT)
    head = await desk.tus_head(url)
    assert head.headers["upload-offset"] == str(SIZE)
    [version] = await desk.versions()
    assert head.headers["dcs-version"] == version.id
    assert await desk.content() == CONTENT


async def test_a_file_whose_process_died_arrives_also_if_nobody_asks(desk: Desk) -> None:
    """Expiration: what is complete is not removed."""
    url = await desk.tus_create(SIZE)
    async with desk.studio.objects.resume(desk.actor.tenant, id_of(url)) as stream:
        await stream.write(CONTENT)
    desk.clock.advance(timedelta(hours=25))
    await desk.studio.uploads.expiry.expire(desk.actor.tenant, id_of(url))
    assert await desk.content() == CONTENT


@pytest.mark.parametrize("lost", ["the role", "the account"])
async def test_a_file_whose_sender_lost_the_right_is_removed_when_its_time_is_over(
    desk: Desk, lost: str
) -> None:
    """Expiration: the job that ends an upload ends, whatever policy says."""
    sender = await desk.colleague()
    url = await sender.tus_create(SIZE)
    async with desk.studio.objects.resume(desk.actor.tenant, id_of(url)) as stream:
        await stream.write(CONTENT)
    await (sender.lose_the_role() if lost == "the role" else sender.close_the_account())
    desk.clock.advance(timedelta(hours=25))
    assert await desk.studio.uploads.expiry.expire(desk.actor.tenant, id_of(url)) is None
    assert await desk.studio.objects.received(desk.actor.tenant, id_of(url)) == 0
    assert await desk.versions() == []
    assert (await sender.tus_head(url)).status == (410 if lost == "the role" else 401)


async def test_a_file_for_which_there_is_no_room_is_removed_when_its_time_is_over(
    desk: Desk,
) -> None:
    """Expiration: what may not be kept does not wait for ever for room."""
    url = await desk.tus_create(SIZE)
    async with desk.studio.objects.resume(desk.actor.tenant, id_of(url)) as stream:
        await stream.write(CONTENT)
    await desk.allow(Allowance(max_storage=1))
    assert (await desk.tus_head(url)).status == 413
    desk.clock.advance(timedelta(hours=25))
    assert await desk.studio.uploads.expiry.expire(desk.actor.tenant, id_of(url)) is None
    assert (await desk.tus_head(url)).status == 410


async def test_bytes_of_a_broken_request_let_an_upload_live_on(desk: Desk) -> None:
    """Expiration: the time counts from the last byte, also where a request broke off."""
    url = await desk.tus_create(SIZE)
    desk.clock.advance(timedelta(hours=23))
    await desk.tus_patch(url, 0, [CONTENT[:3], BROKEN], Content_Length=str(SIZE))
    desk.clock.advance(timedelta(hours=2))
    assert await desk.studio.uploads.expiry.expire(desk.actor.tenant, id_of(url)) is not None
    assert await desk.offset(url) == 3


async def test_the_same_file_again_is_the_version_that_has_it(desk: Desk) -> None:
    """The same bytes in the same dataset are no new version; in another they are."""
    found = []
    for _ in range(2):
        url = await desk.tus_create(SIZE)
        found.append((await desk.tus_patch(url, 0, CONTENT)).headers["dcs-version"])
    assert len(set(found)) == len(await desk.versions()) == 1
    await desk.add_dataset("e")
    other = metadata(dataset="e", filename="d.csv")
    url = await desk.tus_create(SIZE, Upload_Metadata=other)
    assert (await desk.tus_patch(url, 0, CONTENT)).headers["dcs-version"] not in found
    assert len(await desk.versions("e")) == 1
