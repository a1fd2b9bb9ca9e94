"""How long a dataset is kept, on its page."""

import pytest

from tests.web.conftest import Web

pytestmark = pytest.mark.anyio


async def test_a_page_says_how_long_and_who_says_so_and_lets_its_owner_change_it(web: Web) -> None:
    await web.sign_in("producer")
    await web.post("/datasets", name="d")
    page = (await web.get("/datasets/d")).text
    assert "3,650 days once they are no longer active, as everything of this organisation" in page
    assert (await web.post("/datasets/d/retention", days="30")).status_code == 303
    page = (await web.get("/datasets/d")).text
    assert "to be kept 30 days once they are no longer active." in page
    assert (await web.post("/datasets/d/retention", days="")).status_code == 303
    assert "as everything of this organisation" in (await web.get("/datasets/d")).text


@pytest.mark.parametrize("days", ["0", "-1", "long", "36501", "9" * 40, "1.5"])
async def test_a_time_that_makes_no_sense_is_refused(web: Web, days: str) -> None:
    await web.sign_in("producer")
    await web.post("/datasets", name="d")
    assert (await web.post("/datasets/d/retention", days=days)).status_code == 422


async def test_who_may_not_change_it_is_not_offered_to(web: Web) -> None:
    await web.sign_in("producer")
    await web.send("id,x\n1,2\n")
    await web.sign_in("steward")
    page = (await web.get("/datasets/d/versions/1")).text
    assert "to be kept 3,650 days" in page
    assert "Change how long" not in page
    assert (await web.post("/datasets/d/retention", days="1")).status_code == 403
