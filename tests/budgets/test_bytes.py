"""What travels: a page of at most 20 kB, and at most 100 kB with everything it needs on a first visit."""

import gzip
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from django.contrib.staticfiles import finders

from tests.budgets.pages import pages

PAGE, FIRST_VISIT = 20_000, 100_000
MANY = 300  # every page is full
PACKED = {".css", ".js", ".svg", ".json", ".txt"}


class Needs(HTMLParser):
    """The files that a browser fetches for a page."""

    def __init__(self, html):
        super().__init__()
        self.files = set()
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        wanted = facts.get("href") if tag in ("link", "use", "image") else facts.get("src")
        if wanted and wanted.startswith("/static/"):
            self.files.add(urlsplit(wanted).path)


@cache
def weight(address):
    """{address: bytes as they travel} of a file and of those that it asks for."""
    path = finders.find(address.removeprefix("/static/"))
    assert path, f"{address} is not there"
    content = Path(path).read_bytes()
    found = {address: len(gzip.compress(content, 6)) if Path(path).suffix in PACKED else len(content)}
    if address.endswith(".css"):
        for inner in re.findall(rb"url\(\s*['\"]?([^'\")#]+)", content):
            if not inner.startswith(b"data:"):
                found.update(weight(urljoin(address, inner.decode())))
    return found


def test_pages_are_small_and_so_is_a_first_visit(crowd, as_everyone, record_property):
    town, wrong = crowd(MANY), []
    for who, address in pages(town):
        html = as_everyone[who].get(address).content
        page = len(gzip.compress(html, 6))
        files = {name: size for file in Needs(html.decode()).files for name, size in weight(file).items()}
        whole = page + sum(files.values())
        record_property(f"{who} {address}", f"{page} {whole}")
        if page > PAGE:
            wrong.append(f"{who} {address}: {page} bytes ({len(html)} unpacked)")
        if whole > FIRST_VISIT:
            wrong.append(f"{who} {address}: {whole} bytes on a first visit, of them {files}")
        # A piece of a page brings nothing with it.
        assert files or not html.lstrip().startswith(b"<!doctype"), address
    assert not wrong, "\n".join(wrong)
