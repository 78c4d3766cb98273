"""What a journey's person does on a screen: read, press, take a paper."""

from playwright.sync_api import Page, Route, expect

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def see(page: Page, words: str) -> None:
    """The words stand on the page."""
    expect(page.locator("body")).to_contain_text(words)


def press(page: Page, words: str) -> None:
    """The button or link of these words."""
    page.click(f"main >> :is(button, a, summary):has-text('{words}')")


def paper(page: Page, address: str) -> bytes:
    """A PDF as this screen gets it."""
    answer = page.request.get(address)
    assert answer.headers["content-type"] == "application/pdf", answer.status
    return answer.body()


def pressed_paper(page: Page, words: str) -> bytes:
    """The PDF that the button of these words brings; the browser's own viewer is spared."""
    bodies = []

    def keep(route: Route) -> None:
        answer = route.fetch()
        assert answer.headers["content-type"] == "application/pdf", answer.status
        bodies.append(answer.body())
        route.fulfill(status=204)

    page.route("**/*", keep)
    with page.expect_response(lambda answer: answer.status == 204):
        press(page, words)
    page.unroute("**/*", keep)
    [body] = bodies
    return body
