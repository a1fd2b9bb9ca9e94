"""Resumable Uploads for HTTP, draft 12: what it demands of a server, clause by clause."""

import asyncio
from datetime import timedelta

import http_sf
import pytest

from dcs.auth import Allowance
from dcs.core.ids import UploadId
from tests.conformance.conftest import (
    BROKEN,
    CONTENT,
    IETF_BYTES,
    PROBLEMS,
    UPLOADS,
    Answer,
    Desk,
    OpenBody,
    digest,
)

pytestmark = pytest.mark.anyio

SIZE = len(CONTENT)
HERE = f"{UPLOADS}?dataset=d&filename=d.csv"


def id_of(url: str) -> UploadId:
    return UploadId(url.rpartition("/")[2])


def limits(answer: Answer) -> dict[str, int]:
    """Read Upload-Limit as a dictionary of structured fields."""
    found = http_sf.parse(answer.headers["upload-limit"].encode(), tltype="dictionary")
    assert isinstance(found, dict)
    return {key: value[0] for key, value in found.items()}


# Upload resource: state


async def test_a_whole_file_in_one_request_is_answered_like_a_plain_upload(desk: Desk) -> None:
    """4.2: with Upload-Complete true and everything processed, the resource itself answers."""
    answer = await desk.ietf_create(CONTENT, last=True)
    [version] = await desk.versions()
    assert (answer.status, answer.headers["upload-complete"]) == (202, "?1")
    assert answer.headers["location"] == f"/api/v1/versions/{version.id}"
    assert answer.headers["upload-offset"] == str(SIZE)
    assert await desk.content() == CONTENT


async def test_a_file_may_come_as_a_series_of_parts(desk: Desk) -> None:
    """4.4: each append is acknowledged with a 2xx and Upload-Complete false; the last with true."""
    answer = await desk.ietf_create(CONTENT[:4])
    assert (answer.status, answer.headers["upload-complete"]) == (201, "?0")
    url = answer.headers["location"]
    middle = await desk.ietf_patch(url, 4, CONTENT[4:9])
    assert (middle.status, middle.headers["upload-complete"]) == (204, "?0")
    assert middle.headers["upload-offset"] == "9"
    last = await desk.ietf_patch(url, 9, CONTENT[9:], last=True)
    assert (last.status, last.headers["upload-complete"]) == (202, "?1")
    assert await desk.content() == CONTENT


@pytest.mark.parametrize(
    "value", ['"0"', "?0", "1.0", "-1", "", "zero", "0, 0", ":AA==:", "9999999999999999"]
)
async def test_an_offset_that_is_no_whole_number_is_as_if_not_there(desk: Desk, value: str) -> None:
    """4.1.1: other values than a non-negative integer make the field ignored."""
    url = await desk.ietf_begin()
    answer = await desk.ietf_patch(url, 0, b"x", Upload_Offset=value)
    assert answer.status == 400
    assert await desk.offset(url) == 0


@pytest.mark.parametrize("value", ["1", "true", '"?1"', "?2", "", "?1, ?0"])
async def test_a_completeness_that_is_no_boolean_is_as_if_not_there(desk: Desk, value: str) -> None:
    """4.1.2: other values than a boolean make the field ignored."""
    url = await desk.ietf_begin()
    answer = await desk.ietf_patch(url, 0, CONTENT, Upload_Complete=value)
    assert answer.status == 400
    assert await desk.offset(url) == 0
    assert (await desk.ietf("POST", HERE, {"Upload-Complete": value}, CONTENT)).status == 400
    assert await desk.versions() == []


@pytest.mark.parametrize("value", ["-5", '"5"', "5.0", "?1", "many", "5, 6"])
async def test_a_length_that_is_no_whole_number_is_as_if_not_there(desk: Desk, value: str) -> None:
    """4.1.3: other values than a non-negative integer make the field ignored."""
    url = await desk.ietf_begin(Upload_Length=value)
    assert "upload-length" not in (await desk.ietf_head(url)).headers


@pytest.mark.parametrize("name", ["Upload-Offset", "Upload-Complete"])
async def test_a_field_that_comes_twice_is_no_item(desk: Desk, name: str) -> None:
    """4.1: two lines of one field are one list, and a list is not the item that is asked for."""
    url = await desk.ietf_begin()
    values = {"Upload-Offset": ["0", "1"], "Upload-Complete": ["?0", "?1"]}[name]
    assert (await desk.ietf_patch(url, 0, CONTENT, **{name: values})).status == 400
    assert await desk.offset(url) == 0


async def test_parameters_of_a_field_change_nothing(desk: Desk) -> None:
    """4.1: an item of structured fields may have parameters."""
    url = await desk.ietf_begin()
    answer = await desk.ietf_patch(
        url, 0, CONTENT, Upload_Offset="0;a=1", Upload_Complete="?1;b", Upload_Length=f"{SIZE};c"
    )
    assert answer.headers["upload-complete"] == "?1"


async def test_all_bytes_do_not_make_an_upload_complete(desk: Desk) -> None:
    """4.1.2 and 4.1.3: complete is what its client says is complete, not what is long enough."""
    url = await desk.ietf_begin(CONTENT, Upload_Length=str(SIZE))
    head = await desk.ietf_head(url)
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == (str(SIZE), str(SIZE))
    assert head.headers["upload-complete"] == "?0"
    assert await desk.versions() == []
    answer = await desk.ietf_patch(url, SIZE, b"", last=True)
    assert (answer.status, answer.headers["upload-complete"]) == (202, "?1")
    assert await desk.content() == CONTENT


async def test_the_length_is_known_from_the_last_body_too(desk: Desk) -> None:
    """4.1.3: offset and Content-Length are the length where the request is the last."""
    url = await desk.ietf_begin(CONTENT[:4])
    body = [CONTENT[4:6], BROKEN]
    await desk.ietf_patch(url, 4, body, last=True, Content_Length=str(SIZE - 4))
    head = await desk.ietf_head(url)
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == ("6", str(SIZE))


async def test_two_lengths_in_one_request_must_match(desk: Desk) -> None:
    """4.1.3: the length that is said and the one that follows from the body are the same."""
    answer = await desk.ietf_create(CONTENT, last=True, Upload_Length=str(SIZE + 1))
    assert answer.status == 400
    assert answer.problem["type"] == PROBLEMS + "inconsistent-upload-length"
    url = await desk.ietf_begin(CONTENT[:4])
    answer = await desk.ietf_patch(url, 4, CONTENT[4:], last=True, Upload_Length=str(SIZE + 1))
    assert answer.status == 400
    assert answer.problem["type"] == PROBLEMS + "inconsistent-upload-length"
    assert await desk.offset(url) == 4
    assert await desk.versions() == []


async def test_the_lengths_of_two_requests_must_match(desk: Desk) -> None:
    """4.1.3: a length that was said once stays."""
    url = await desk.ietf_begin(CONTENT[:4], Upload_Length=str(SIZE))
    for length in (SIZE - 1, SIZE + 1):
        answer = await desk.ietf_patch(url, 4, CONTENT[4:6], Upload_Length=str(length))
        assert answer.problem["type"] == PROBLEMS + "inconsistent-upload-length"
    answer = await desk.ietf_patch(url, 4, CONTENT[4:6], last=True)
    assert answer.problem["type"] == PROBLEMS + "inconsistent-upload-length"
    head = await desk.ietf_head(url)
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == ("4", str(SIZE))


async def test_a_last_request_that_is_too_short_does_not_complete(desk: Desk) -> None:
    """4.1.3: a body without an announced length counts as well; what came is kept."""
    url = await desk.ietf_begin(Upload_Length=str(SIZE))
    answer = await desk.ietf_patch(url, 0, [CONTENT[:5]], last=True)
    assert answer.problem["type"] == PROBLEMS + "inconsistent-upload-length"
    head = await desk.ietf_head(url)
    assert (head.headers["upload-offset"], head.headers["upload-complete"]) == ("5", "?0")
    assert await desk.versions() == []


# Upload resource: limits


async def test_options_tells_the_limits_and_what_patch_accepts(desk: Desk) -> None:
    """4.1.4: Accept-Patch with the full media type; the limits are told where there are some."""
    await desk.allow(Allowance(max_file_size=1_000))
    for target in (UPLOADS, await desk.ietf_begin()):
        answer = await desk.send("OPTIONS", target)
        assert answer.status == 204
        assert IETF_BYTES in answer.headers["accept-patch"].replace(" ", "").split(",")
        assert limits(answer) == {"max-size": 1_000, "min-size": 0}


async def test_a_file_that_is_too_large_is_told_the_limit(desk: Desk) -> None:
    """4.1.4: 413 carries Upload-Limit."""
    await desk.allow(Allowance(max_file_size=10))
    refused = [
        await desk.ietf_create(b"", Upload_Length="11"),
        await desk.ietf_create(CONTENT, last=True),
    ]
    url = await desk.ietf_begin(CONTENT[:4])
    refused.append(await desk.ietf_patch(url, 4, CONTENT[4:]))
    for answer in refused:
        assert answer.status == 413
        assert limits(answer)["max-size"] == 10
    assert await desk.versions() == []


async def test_limits_allow_what_they_told_while_the_upload_lasts(desk: Desk) -> None:
    """4.1.4: limits do not become stricter in a way that fails a client that keeps to them."""
    url = await desk.ietf_begin(CONTENT[:10])
    before = limits(await desk.ietf_head(url))
    desk.clock.advance(timedelta(hours=1))
    after = limits(await desk.ietf_patch(url, 10, CONTENT[10:12]))
    assert after["max-size"] == before["max-size"]
    assert after["max-age"] >= before["max-age"] == 24 * 3600


# Creation


async def test_an_upload_may_begin_without_bytes(desk: Desk) -> None:
    """4.2 and 12.2: careful creation; 201 with Location, the limits and the lifetime."""
    answer = await desk.ietf_create(Upload_Length=str(SIZE))
    assert answer.status == 201
    assert answer.headers["location"].startswith(f"{UPLOADS}/")
    assert (answer.headers["upload-offset"], answer.headers["upload-complete"]) == ("0", "?0")
    assert limits(answer) == {"max-size": 10 * 1024**3, "min-size": 0, "max-age": 24 * 3600}


async def test_the_length_is_recorded_at_creation(desk: Desk) -> None:
    """4.2: a length that is said, or follows from the only body, is recorded."""
    url = await desk.ietf_begin(Upload_Length="500")
    assert (await desk.ietf_head(url)).headers["upload-length"] == "500"


async def test_bytes_at_creation_need_no_announced_length(desk: Desk) -> None:
    """9: transfer codings are no business of the upload; only the bytes count."""
    url = await desk.ietf_begin([CONTENT[:4], CONTENT[4:6]])
    assert await desk.offset(url) == 6
    answer = await desk.ietf_create([CONTENT], last=True, Transfer_Encoding="chunked")
    assert (answer.status, answer.headers["upload-complete"]) == (202, "?1")
    assert await desk.content() == CONTENT


@pytest.mark.parametrize("length", [None, str(SIZE)])
async def test_a_creation_that_breaks_off_is_not_complete(desk: Desk, length: str | None) -> None:
    """4.2: what came is kept, and the upload must not be considered complete."""
    body = [CONTENT[:4], CONTENT[4:7], BROKEN]
    await desk.ietf_create(body, last=True, Content_Length=length)
    assert await desk.versions() == []
    [kept] = await desk.studio.uploads.unfinished(desk.actor.tenant)
    head = await desk.ietf_head(f"{UPLOADS}/{kept}")
    assert (head.headers["upload-offset"], head.headers["upload-complete"]) == ("7", "?0")
    await desk.ietf_patch(f"{UPLOADS}/{kept}", 7, CONTENT[7:], last=True)
    assert await desk.content() == CONTENT


async def test_an_empty_file_is_refused(desk: Desk) -> None:
    """4.2: an empty representation is one the targeted resource may refuse."""
    answer = await desk.ietf_create(b"", last=True, Content_Length="0")
    assert (answer.status, answer.problem["code"]) == (422, "empty_file")


@pytest.mark.parametrize(
    ("disposition", "shown"),
    [
        ('inline; filename="report.csv"', "report.csv"),
        ("inline; filename=\"r.csv\"; filename*=UTF-8''%C3%BCber.csv", "über.csv"),
        ("inline; filename*=UTF-8''..%2F..%2Fevil%E2%80%AE%0d%0a.csv", "evil.csv"),
        ('attachment; filename="..\\\\..\\\\x.csv"', "x.csv"),
    ],
)
async def test_the_file_name_may_come_as_content_disposition(
    desk: Desk, disposition: str, shown: str
) -> None:
    """4.2 and 13: metadata of the representation is used, after it was sanitised."""
    headers = {"Upload-Complete": "?1", "Content-Disposition": disposition}
    answer = await desk.ietf("POST", f"{UPLOADS}?dataset=d", headers, CONTENT)
    assert answer.status == 202
    assert [each.filename for each in await desk.versions()] == [shown]


@pytest.mark.parametrize("query", ["", "?dataset=", "?dataset=d&submit=perhaps"])
async def test_a_creation_that_names_no_dataset_is_refused(desk: Desk, query: str) -> None:
    """4.2: the targeted resource decides what it needs to know."""
    answer = await desk.ietf("POST", UPLOADS + query, {"Upload-Complete": "?0"})
    assert answer.status in {400, 404, 422}
    assert "location" not in answer.headers


async def test_a_creation_for_a_dataset_nobody_may_know_of_finds_none(
    desk: Desk, stranger: Desk
) -> None:
    """4.2: a request that may not succeed creates nothing."""
    await desk.add_dataset("mine")
    headers = {"Upload-Complete": "?0"}
    answer = await stranger.ietf("POST", f"{UPLOADS}?dataset=mine&filename=d.csv", headers)
    assert answer.status == 404
    assert await stranger.studio.uploads.unfinished(stranger.actor.tenant) == set()


# Offset retrieval


async def test_the_state_is_told_completely(desk: Desk) -> None:
    """4.3: offset, completeness, length where known, limits, and no caching."""
    url = await desk.ietf_begin(CONTENT[:4], Upload_Length=str(SIZE))
    head = await desk.ietf_head(url)
    assert head.status == 204
    assert (head.headers["upload-offset"], head.headers["upload-complete"]) == ("4", "?0")
    assert head.headers["upload-length"] == str(SIZE)
    assert limits(head)["max-age"] == 24 * 3600
    assert head.headers["cache-control"] == "no-store"
    assert "upload-length" not in (await desk.ietf_head(await desk.ietf_begin())).headers


async def test_a_complete_upload_is_remembered_and_names_its_version(desk: Desk) -> None:
    """4 and 11: it stays available for a while and tells what a lost answer would have told."""
    url = await desk.ietf_begin(CONTENT[:4])
    await desk.ietf_patch(url, 4, CONTENT[4:], last=True)
    head = await desk.ietf_head(url)
    [version] = await desk.versions()
    assert (head.status, head.headers["upload-complete"]) == (204, "?1")
    assert head.headers["upload-offset"] == head.headers["upload-length"] == str(SIZE)
    assert head.headers["dcs-version"] == version.id
    assert head.headers["repr-digest"] == digest(CONTENT)


async def test_an_offset_that_was_told_is_accepted_next(desk: Desk) -> None:
    """4.6: what HEAD says can be used, also right after a request in flight was ended."""
    url = await desk.ietf_begin()
    body = OpenBody()
    older = asyncio.create_task(desk.ietf_patch(url, 0, body, last=True))
    await body.send(CONTENT[:5])
    told = int((await desk.ietf_head(url)).headers["upload-offset"])
    assert told == 5
    answer = await desk.ietf_patch(url, told, CONTENT[told:], last=True)
    assert answer.headers["upload-complete"] == "?1"
    assert (await older).status == 409
    assert await desk.content() == CONTENT


async def test_offsets_never_decrease(desk: Desk) -> None:
    """4.1.1: what was processed cannot be removed again."""
    url, seen = await desk.ietf_begin(), [0]
    wrong = digest(b"something else")
    steps: list[tuple[int, object, dict[str, str]]] = [
        (0, CONTENT[:4], {}),
        (0, CONTENT[:2], {}),
        (4, [CONTENT[4:5], BROKEN], {}),
        (5, CONTENT[5:9], {"Content-Digest": wrong}),
        (5, [CONTENT[5:9], BROKEN], {"Content-Digest": digest(CONTENT[5:])}),
        (5, CONTENT[5:7], {"Content-Type": "text/csv"}),
        (5, CONTENT[5:], {}),
    ]
    for offset, body, headers in steps:
        await desk.ietf_patch(url, offset, body, **headers)
        seen.append(await desk.offset(url))
    assert seen == [0, 4, 4, 5, 5, 5, 5, SIZE]


# Append


@pytest.mark.parametrize("kind", [None, "application/octet-stream", "application/*", ""])
async def test_bytes_that_are_not_labelled_as_a_part_are_refused(
    desk: Desk, kind: str | None
) -> None:
    """4.4: an append is a PATCH with the media type of partial uploads."""
    url = await desk.ietf_begin()
    assert (await desk.ietf_patch(url, 0, CONTENT, Content_Type=kind)).status == 415
    assert await desk.offset(url) == 0


@pytest.mark.parametrize("name", ["Upload-Offset", "Upload-Complete"])
async def test_an_append_says_where_it_begins_and_whether_it_is_the_last(
    desk: Desk, name: str
) -> None:
    """4.4: both fields are demanded of the client."""
    url = await desk.ietf_begin()
    assert (await desk.ietf_patch(url, 0, CONTENT, **{name: None})).status == 400
    assert await desk.offset(url) == 0


@pytest.mark.parametrize("offset", [0, 3, 5, 1_000])
@pytest.mark.parametrize("last", [False, True])
async def test_bytes_for_another_offset_are_told_the_right_one(
    desk: Desk, offset: int, last: bool
) -> None:
    """4.4 and 7.1: 409 with the correct offset, whatever else the request contradicts."""
    url = await desk.ietf_begin(CONTENT[:4], Upload_Length=str(SIZE))
    answer = await desk.ietf_patch(url, offset, CONTENT, last=last, Upload_Length=str(SIZE))
    assert (answer.status, answer.headers["upload-offset"]) == (409, "4")
    assert answer.problem["type"] == PROBLEMS + "mismatching-upload-offset"
    assert (answer.problem["expected-offset"], answer.problem["provided-offset"]) == (4, offset)
    assert await desk.offset(url) == 4


async def test_an_append_that_breaks_off_is_kept_and_not_complete(desk: Desk) -> None:
    """4.4: as much as came, without a gap; and the upload must not be considered complete."""
    for length in (None, str(SIZE)):
        url = await desk.ietf_begin()
        body = [CONTENT[:4], CONTENT[4:7], BROKEN]
        await desk.ietf_patch(url, 0, body, last=True, Content_Length=length)
        head = await desk.ietf_head(url)
        assert (head.headers["upload-offset"], head.headers["upload-complete"]) == ("7", "?0")
    assert await desk.versions() == []


async def test_a_complete_upload_takes_no_more_bytes(desk: Desk) -> None:
    """4.4: bytes are an inconsistent length, none are a completed upload, an offset is a 409."""
    url = await desk.ietf_begin(CONTENT[:4])
    await desk.ietf_patch(url, 4, CONTENT[4:], last=True)
    more = await desk.ietf_patch(url, SIZE, b"more", last=True)
    assert more.status == 400
    assert more.problem["type"] == PROBLEMS + "inconsistent-upload-length"
    none = await desk.ietf_patch(url, SIZE, b"", last=True)
    assert (none.status, none.problem["type"]) == (400, PROBLEMS + "completed-upload")
    wrong = await desk.ietf_patch(url, 4, CONTENT[4:], last=True)
    assert (wrong.status, wrong.headers["upload-offset"]) == (409, str(SIZE))
    assert (await desk.ietf_head(url)).headers["upload-complete"] == "?1"
    assert await desk.content() == CONTENT


@pytest.mark.parametrize("announced", [True, False])
async def test_more_bytes_than_the_length_make_the_upload_invalid(
    desk: Desk, announced: bool
) -> None:
    """4.4: rejected once the offset exceeds the length, and so is everything after."""
    url = await desk.ietf_begin(Upload_Length="5")
    body: object = CONTENT if announced else [CONTENT[:4], CONTENT[4:]]
    answer = await desk.ietf_patch(url, 0, body)
    assert answer.status == 400
    assert answer.problem["type"] == PROBLEMS + "inconsistent-upload-length"
    assert (await desk.ietf_head(url)).status == 410
    assert (await desk.ietf_patch(url, 0, b"", last=True)).status == 410
    assert await desk.versions() == []


async def test_a_refusal_of_the_whole_file_says_that_all_of_it_came(desk: Desk) -> None:
    """4.4: an error about the processed file carries Upload-Complete true; others do not."""
    wrong = digest(b"another file")
    answer = await desk.ietf_create(CONTENT, last=True, Repr_Digest=wrong)
    assert (answer.status, answer.headers["upload-complete"]) == (422, "?1")
    url = await desk.ietf_begin(CONTENT[:4], Repr_Digest=wrong)
    answer = await desk.ietf_patch(url, 4, CONTENT[4:], last=True)
    assert (answer.status, answer.headers["upload-complete"]) == (422, "?1")
    url = await desk.ietf_begin(CONTENT[:4])
    answer = await desk.ietf_patch(url, 3, CONTENT[4:], last=True)
    assert "upload-complete" not in answer.headers
    assert await desk.versions() == []


# Cancellation and concurrency


async def test_a_cancelled_upload_is_gone(desk: Desk) -> None:
    """4.5: the resource is deactivated, and its bytes are removed."""
    url = await desk.ietf_begin(CONTENT[:4])
    assert (await desk.ietf("DELETE", url)).status == 204
    for answer in (await desk.ietf_head(url), await desk.ietf_patch(url, 4, CONTENT[4:])):
        assert answer.status == 410
        assert "upload-offset" not in answer.headers
    assert await desk.studio.objects.received(desk.actor.tenant, id_of(url)) == 0


async def test_a_complete_upload_can_be_let_go_and_its_version_stays(desk: Desk) -> None:
    """4.5: the upload is deactivated; the targeted resource keeps what it made of it."""
    url = await desk.ietf_begin(CONTENT[:4])
    await desk.ietf_patch(url, 4, CONTENT[4:], last=True)
    assert (await desk.ietf("DELETE", url)).status == 204
    assert (await desk.ietf_head(url)).status == 410
    assert await desk.content() == CONTENT


@pytest.mark.parametrize("way", ["HEAD", "PATCH", "DELETE"])
@pytest.mark.parametrize("first", ["creation", "append"])
async def test_a_newer_request_ends_the_one_in_flight(desk: Desk, way: str, first: str) -> None:
    """4.6 and 4.5: the older transfer is ended, no byte is lost or doubled."""
    body = OpenBody()
    if first == "creation":
        older = asyncio.create_task(desk.ietf_create(body, last=True))
        await body.send(CONTENT[:5])
        [kept] = await desk.studio.uploads.unfinished(desk.actor.tenant)
        url = f"{UPLOADS}/{kept}"
    else:
        url = await desk.ietf_begin()
        older = asyncio.create_task(desk.ietf_patch(url, 0, body, last=True))
        await body.send(CONTENT[:5])
    async with asyncio.timeout(5):
        if way == "HEAD":
            assert (await desk.ietf_head(url)).headers["upload-offset"] == "5"
        elif way == "DELETE":
            assert (await desk.ietf("DELETE", url)).status == 204
        else:
            answer = await desk.ietf_patch(url, 5, CONTENT[5:], last=True)
            assert answer.headers["upload-complete"] == "?1"
            assert await desk.content() == CONTENT
        assert (await older).status == 409
    if way != "PATCH":
        assert await desk.versions() == []


async def test_of_many_last_requests_at_once_one_completes(desk: Desk) -> None:
    """4.6: no races, no lost or doubled bytes."""
    url = await desk.ietf_begin(Upload_Length=str(SIZE))
    answers = await asyncio.gather(
        *(desk.ietf_patch(url, 0, CONTENT, last=True) for _ in range(6)), desk.ietf_head(url)
    )
    assert {each.status for each in answers[:-1]} <= {202, 409}
    assert [each.status for each in answers].count(202) == 1
    assert await desk.content() == CONTENT


async def test_an_upload_whose_time_is_over_is_gone(desk: Desk) -> None:
    """4.1.4: after its lifetime it may be inaccessible."""
    url = await desk.ietf_begin(CONTENT, Upload_Length=str(SIZE))
    desk.clock.advance(timedelta(hours=25))
    await desk.studio.uploads.expiry.expire(desk.actor.tenant, id_of(url))
    assert (await desk.ietf_head(url)).status == 410
    assert await desk.versions() == []  # nobody had said that it was complete


# Digests


async def test_a_file_that_is_what_its_sender_hashed_is_taken(desk: Desk) -> None:
    """10.1: Repr-Digest of the whole is compared once everything is there, and told back."""
    url = await desk.ietf_begin(CONTENT[:4], Repr_Digest=digest(CONTENT))
    answer = await desk.ietf_patch(url, 4, CONTENT[4:], last=True)
    assert (answer.status, answer.headers["repr-digest"]) == (202, digest(CONTENT))


async def test_a_file_that_is_not_what_its_sender_hashed_fails(desk: Desk) -> None:
    """10.1: the upload has failed, nothing is processed, and the client is told."""
    url = await desk.ietf_begin(Repr_Digest=digest(b"another"))
    answer = await desk.ietf_patch(url, 0, CONTENT, last=True)
    assert (answer.status, answer.problem["code"]) == (422, "digest_mismatch")
    assert (await desk.ietf_head(url)).status == 410
    assert await desk.versions() == []


@pytest.mark.parametrize("wanted", ["sha-256=10", "sha-512=3, sha-256=10", "md5=1"])
async def test_whoever_wants_the_digest_is_told_it(desk: Desk, wanted: str) -> None:
    """10.1: Want-Repr-Digest is answered with a digest where one can be computed."""
    answer = await desk.ietf_create(CONTENT, last=True, Want_Repr_Digest=wanted)
    assert answer.headers["repr-digest"] == digest(CONTENT)


async def test_a_request_that_is_not_what_its_sender_hashed_is_not_appended(desk: Desk) -> None:
    """10.2: the transfer has failed, and the offset is that of before."""
    url = await desk.ietf_begin(CONTENT[:4])
    wrong = digest(b"something else")
    answer = await desk.ietf_patch(url, 4, CONTENT[4:], last=True, Content_Digest=wrong)
    assert (answer.status, answer.problem["code"]) == (400, "checksum_mismatch")
    assert "upload-complete" not in answer.headers
    head = await desk.ietf_head(url)
    assert (head.headers["upload-offset"], head.headers["upload-complete"]) == ("4", "?0")
    right = digest(CONTENT[4:])
    answer = await desk.ietf_patch(url, 4, CONTENT[4:], last=True, Content_Digest=right)
    assert answer.status == 202
    assert await desk.content() == CONTENT


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("sha-512=:AAAA:", 204),  # not computed here, so passed over
        ("unixsum=:AAAA:", 204),
        ("sha-256=:AAAA:", 400),
        ('sha-256="text"', 400),
        ("sha-256", 400),
        ("sha-256=(1 2)", 400),
        ("=:broken", 400),
    ],
)
async def test_digests_are_read_as_a_dictionary(desk: Desk, value: str, status: int) -> None:
    """10.2 and RFC 9530: unknown algorithms are ignored, malformed fields are refused."""
    url = await desk.ietf_begin()
    assert (await desk.ietf_patch(url, 0, b"x", Content_Digest=value)).status == status


async def test_half_of_a_request_with_a_digest_is_not_kept(desk: Desk) -> None:
    """10.2: content that cannot be verified is not appended."""
    url = await desk.ietf_begin(CONTENT[:4])
    body = [CONTENT[4:9], BROKEN]
    await desk.ietf_patch(url, 4, body, last=True, Content_Digest=digest(CONTENT[4:]))
    assert await desk.offset(url) == 4


# Security considerations


async def test_an_upload_of_somebody_else_does_not_exist(desk: Desk, stranger: Desk) -> None:
    """13: only authorised clients reach an upload."""
    url = await desk.ietf_begin(CONTENT[:4])
    for other in (stranger, await desk.colleague()):
        for answer in (
            await other.ietf_head(url),
            await other.ietf_patch(url, 4, CONTENT[4:], last=True),
            await other.ietf("DELETE", url),
        ):
            assert answer.status == 404
            assert "upload-offset" not in answer.headers
    assert await desk.offset(url) == 4


async def test_rights_and_limits_are_asked_again_before_the_file_counts(desk: Desk) -> None:
    """13: access and quota are checked at completion, not only at creation."""
    sender = await desk.colleague()
    url = await sender.ietf_begin(CONTENT[:4])
    await sender.lose_the_role()
    answer = await sender.ietf_patch(url, 4, CONTENT[4:], last=True)
    assert answer.status in {403, 404}
    assert answer.headers["upload-complete"] == "?1"
    full = await desk.ietf_begin(CONTENT[:4])
    await desk.allow(Allowance(max_storage=SIZE - 1))
    assert (await desk.ietf_patch(full, 4, CONTENT[4:], last=True)).status == 413
    tsv_only = await desk.ietf_begin(CONTENT[:4])
    await desk.allow(Allowance(formats=("tsv",)))
    answer = await desk.ietf_patch(tsv_only, 4, CONTENT[4:], last=True)
    assert (answer.status, answer.problem["code"]) == (422, "unsupported_format")
    assert await desk.versions() == []


async def test_a_client_of_an_older_draft_is_not_turned_away(desk: Desk) -> None:
    """Draft version identification: the number only decides about interim responses."""
    for version in (None, "3", "6", "8", "99"):
        answer = await desk.ietf_create(Upload_Draft_Interop_Version=version)
        assert answer.status == 201


async def test_the_same_file_again_is_answered_with_the_version_that_has_it(desk: Desk) -> None:
    """11: the final answer is the targeted resource's: 200 for what was there, 202 for new."""
    answers = [await desk.ietf_create(CONTENT, last=True) for _ in range(2)]
    assert [each.status for each in answers] == [202, 200]
    assert len({each.headers["dcs-version"] for each in answers}) == 1
    assert len(await desk.versions()) == 1
