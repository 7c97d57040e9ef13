"""A page as somebody hears it: the accessibility tree, the order of the tab key, and where the focus is."""

from itertools import pairwise

from playwright.sync_api import Page

NAME = """element => {
  const named = element.getAttribute('aria-label')
    || (element.labels && element.labels[0] && element.labels[0].innerText)
    || element.innerText || element.value || '';
  return `${element.tagName.toLowerCase()} ${named.split('\\n')[0].trim()}`.trim();
}"""


def heard(page: Page) -> list[str]:
    """Roles and names of `main`, in their order, as whole lines."""
    return page.locator("main").aria_snapshot().splitlines()


def headings(page: Page) -> list[tuple[int, str]]:
    """Level and text of each heading, in their order."""
    found: list[tuple[int, str]] = page.eval_on_selector_all(
        "h1,h2,h3,h4",
        "all => all.map(each => [Number(each.tagName[1]), each.innerText.split('\\n')[0].trim()])",
    )
    return [(level, text) for level, text in found]


def focused(page: Page) -> str:
    """What has the focus now."""
    name: str = page.evaluate(f"({NAME})(document.activeElement)")
    return name


def tabbed(page: Page, *, most: int = 40) -> list[str]:
    """What the tab key reaches in `main`, from its beginning to the footer."""
    page.evaluate("document.activeElement && document.activeElement.blur()")
    order: list[str] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        if page.evaluate("!!document.activeElement.closest('main')"):
            order.append(focused(page))
        elif order:
            break
    return order


def refuse_disorder(page: Page) -> None:
    """One first heading, none that skips a level, a language, a title, and a name for whatever can be used."""
    levels = [level for level, _ in headings(page)]
    assert levels.count(1) == 1, headings(page)
    assert all(after - before <= 1 for before, after in pairwise(levels)), headings(page)
    assert page.locator("html").get_attribute("lang")
    assert page.title().strip()
    nameless = [
        line
        for line in heard(page)
        if line.strip() in ("- textbox", "- checkbox", "- button", "- link", "- radio")
    ]
    assert nameless == [], nameless
