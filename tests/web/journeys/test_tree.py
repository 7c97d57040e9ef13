"""What listens to every page hears what is wrong with one."""

from playwright.sync_api import Browser

from tests.web.journeys.tree import AMISS

WRONG = """<html><head></head><body><main><h1>Ask</h1><h3>Skipped</h3>
<button></button><a href="/x" tabindex="2">Later</a><label>Mail <input aria-describedby="nowhere"></label>
<input id="e" aria-invalid="true"></main></body></html>"""
RIGHT = """<html lang="en"><head><title>Ask</title></head><body><main><h1>Ask</h1>
<div role="alert" tabindex="-1" autofocus><a href="#e">Write your address.</a></div>
<label for="e">Your address</label><input id="e" aria-invalid="true" aria-describedby="why">
<p id="why">Write your address.</p></main></body></html>"""


def test_what_a_screen_reader_stumbles_over_is_found(chromium: Browser) -> None:
    page = chromium.new_page(java_script_enabled=False)
    page.set_content(WRONG)

    found = page.evaluate(AMISS)

    assert [each.split(":")[0] for each in found] == [
        "no language",
        "no title",
        "a level is skipped",
        "no name",
        "out of order",
        "no name",
        "wrong, and nobody says why",
        "describes nothing",
        "the focus is not where it is said what is wrong",
    ]
    page.set_content(RIGHT)
    page.locator("[role=alert]").focus()
    assert page.evaluate(AMISS) == []
