"""The watch over the pages sees what it is there for: otherwise its silence would say nothing."""

import pytest

from tests.journeys.conftest import DESK

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

# {what a page does wrong: what the watch says of it}
WRONG = {
    """document.body.insertAdjacentHTML("beforeend", '<p style="color:red">red</p>')""": "the CSP refused style-src",
    """document.body.append(Object.assign(document.createElement("script"), {text: "1"}))""": "the CSP refused script-src",
    """document.body.append(Object.assign(new Image(), {src: "/static/img/none.png"}))""": "404 for",
    """fetch("https://elsewhere.invalid/").catch(() => {})""": "elsewhere.invalid",
    """console.error("a complaint")""": "a complaint",
    """setTimeout(() => { throw new Error("a mistake") })""": "a mistake",
}


def test_what_goes_wrong_in_a_page_is_seen(browse, watch, live_server):
    page = browse(DESK)
    page.goto("/")
    for wrong, seen in WRONG.items():
        page.evaluate(f"() => {{ {wrong}; }}")
        found = []
        for _ in range(40):
            found += watch.look()
            if any(seen in line for line in found):
                break
            page.wait_for_timeout(50)
        assert any(seen in line for line in found), f"{seen} is not in {found}"
    page.goto(live_server.url.replace("localhost", "127.0.0.1"))
    assert any("another host is asked" in line for line in watch.look())
    page.close()
    watch.troubles.clear()
