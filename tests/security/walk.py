"""Walking through the site as a browser would: links, forms, and what no page may contain."""

from collections import Counter, deque
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.urls import Resolver404, resolve

# What a browser fetches or opens by itself.
ADDRESSES = {"href", "src", "action", "formaction", "poster", "data", "hx-get", "hx-post", "xlink:href"}


class Page(HTMLParser):
    """What stands in a page: its links, its forms, and its faults."""

    def __init__(self, html):
        super().__init__()
        self.links, self.forms, self.faults = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        for name, value in attributes:
            value = (value or "").strip()
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.faults.append(f"<{tag} {name}>")
            if name in ADDRESSES and urlsplit(_plain(value)).scheme not in ("", "tel", "mailto"):
                self.faults.append(f"<{tag} {name}={value[:60]!r}>")
        if tag == "script" and not facts.get("src"):
            self.faults.append("a script in the page")
        if tag in ("style", "iframe", "object", "embed", "base"):
            self.faults.append(f"<{tag}>")
        if tag == "a" and facts.get("href"):
            self.links.append(facts["href"])
        if tag == "form":
            self.forms.append(facts)


def _plain(address):
    """As browsers read an address: without control characters, which hide `java\\tscript:`."""
    return "".join(c for c in address if c > " ")


def is_page(response):
    return response.get("Content-Type", "").startswith("text/html")


def read(response):
    return Page(response.content.decode())


def walk(client, starts, *, each=2, most=150):
    """Open the pages that can be reached by links from these, as a person clicks: {address: response}.

    each: how many pages of a kind; a kind is the name of the address and of what is asked of it.
    """
    seen, kinds, waiting = {}, Counter(), deque(starts)
    while waiting and len(seen) < most:
        address = waiting.popleft()
        kind = kind_of(address)
        if address in seen or kind is None or kinds[kind] >= each:
            continue
        kinds[kind] += 1
        response = client.get(address)
        seen[address] = response
        if response.status_code in (301, 302):
            waiting.append(response["Location"])
        elif is_page(response):
            for link in read(response).links:
                there = urlsplit(urljoin(address, link))
                if not there.scheme and not there.netloc:
                    waiting.append(there.path + (f"?{there.query}" if there.query else ""))
    return seen


def kind_of(address):
    """(name of the address, names of the parameters), or None for what is no page of ours."""
    parts = urlsplit(address)
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        name = "nothing"
    if parts.scheme or parts.netloc or parts.path.startswith("/static/"):
        return None
    return name, tuple(sorted({key for key, _value in parse_qsl(parts.query)}))
