"""A page as somebody hears it: the accessibility tree, the order of the tab key, and where the focus is."""

from itertools import pairwise

from playwright.sync_api import Error, Page

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


AMISS = """() => {
  const wrong = [], all = query => [...document.querySelectorAll(query)];
  const shown = each => each.checkVisibility();
  const texts = (each, attribute) => (each.getAttribute(attribute) || '').split(/\\s+/).filter(Boolean)
    .map(id => document.getElementById(id)).map(it => it ? it.innerText.trim() : '');
  const name = each => each.getAttribute('aria-label') || texts(each, 'aria-labelledby').join(' ')
    || [...(each.labels || [])].map(label => label.innerText).join(' ') || each.innerText || each.title
    || (each.type === 'submit' ? each.value : '') || [...each.querySelectorAll('img')].map(it => it.alt).join(' ');
  if (!document.documentElement.lang) wrong.push('no language');
  if (!document.title.trim()) wrong.push('no title');
  if (all('main').length !== 1) wrong.push('not one main part');
  const levels = all('h1,h2,h3,h4,h5,h6').filter(shown).map(each => Number(each.tagName[1]));
  if (levels.filter(level => level === 1).length !== 1) wrong.push('not one first heading: ' + levels);
  levels.forEach((level, at) => { if (at && level > levels[at - 1] + 1) wrong.push('a level is skipped: ' + levels); });
  for (const each of all('a[href],button,input:not([type=hidden]),select,textarea,summary').filter(shown)) {
    const said = each.outerHTML.slice(0, 90);
    if (!name(each).trim()) wrong.push('no name: ' + said);
    if (each.tabIndex > 0) wrong.push('out of order: ' + said);
    if (each.getAttribute('aria-invalid') === 'true') {
      const told = texts(each, 'aria-describedby').concat(texts(each, 'aria-errormessage'), [name(each)]);
      if (!told.some(Boolean)) wrong.push('wrong, and nobody says why: ' + said);
    }
  }
  for (const each of all('[aria-describedby]'))
    if (texts(each, 'aria-describedby').includes('')) wrong.push('describes nothing: ' + each.outerHTML.slice(0, 90));
  const summary = document.querySelector('[role=alert]');
  if (all('[aria-invalid=true]').length && !(summary && summary.contains(document.activeElement)))
    wrong.push('the focus is not where it is said what is wrong');
  return wrong;
}"""


def overhear(page: Page, amiss: dict[str, list[str]]) -> None:
    """Listen to each page as it is loaded: a name for what can be used, the order of headings and of the tab key,
    the focus and the words after a mistake. What is wrong is put into `amiss`, by path."""

    def loaded(here: Page) -> None:
        try:
            found: list[str] = here.evaluate(AMISS)
        except Error:  # it has gone on meanwhile
            return
        if found and not here.url.startswith("about:"):
            amiss[here.url.split("/", 3)[-1]] = found

    page.on("load", loaded)
