"""Walking through the site as a browser would: links, forms, and what no page may contain."""

from collections import Counter, deque
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.urls import Resolver404, resolve

# Pages that are the same for everybody.
OF_ALL = {"home", "find", "doctor", "hospitals", "hospital", "mails"}
# What a browser fetches or opens by itself.
MAP = ("https", "www.openstreetmap.org")  # where a link shows the way to a hospital
ADDRESSES = {"href", "src", "action", "formaction", "poster", "data", "hx-get", "hx-post", "xlink:href"}


class Page(HTMLParser):
    """What stands in a page: its links, its forms as a browser would send them untouched, and its faults."""

    def __init__(self, html):
        super().__init__()
        self.links, self.faults = [], []
        self.forms = []  # [{action, method, id, fields: {name: value}, texts: names of what is typed}]
        self.select = self.area = None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        self.look_for_faults(tag, attributes, facts)
        if tag == "a" and facts.get("href"):
            self.links.append(facts["href"])
        if tag == "form":
            self.forms.append({"method": "get", "action": "", **facts, "fields": {}, "texts": []})
        elif self.forms and facts.get("name") and "disabled" not in facts:
            self.control(tag, facts, self.forms[-1])
        if tag == "option" and self.select:
            value = facts.get("value")
            fields, name = self.forms[-1]["fields"], self.select
            if value is not None and ("selected" in facts or name not in fields):
                fields[name] = value

    def control(self, tag, facts, form):
        kind = facts.get("type", "text")
        if tag == "select":
            self.select = facts["name"]
        elif tag == "textarea":
            self.area = facts["name"]
            form["fields"][self.area] = ""
            form["texts"].append(self.area)
        elif tag == "input" and (kind not in ("radio", "checkbox", "submit") or "checked" in facts):
            if kind in ("radio", "checkbox") and facts["name"] in form["fields"]:
                before = form["fields"][facts["name"]]
                form["fields"][facts["name"]] = [*([before] if isinstance(before, str) else before), facts["value"]]
            else:
                form["fields"][facts["name"]] = facts.get("value", "")
            if kind in ("text", "search", "email", "tel", "url", "date", "time", "number"):
                form["texts"].append(facts["name"])

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None
        if tag == "textarea":
            self.area = None

    def handle_data(self, data):
        if self.area and self.forms:
            before = self.forms[-1]["fields"][self.area]
            # The first line break belongs to the tag.
            self.forms[-1]["fields"][self.area] = before + (data if before else data.removeprefix("\n"))

    def look_for_faults(self, tag, attributes, facts):
        for name, value in attributes:
            value = (value or "").strip()
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.faults.append(f"<{tag} {name}>")
            led_away = tag == "a" and name == "href" and urlsplit(value)[:2] == MAP
            if name in ADDRESSES and urlsplit(_plain(value)).scheme not in ("", "tel", "mailto") and not led_away:
                self.faults.append(f"<{tag} {name}={value[:60]!r}>")
        if tag == "script" and not facts.get("src"):
            self.faults.append("a script in the page")
        if tag in ("style", "iframe", "object", "embed", "base"):
            self.faults.append(f"<{tag}>")


def _plain(address):
    """As browsers read an address: without control characters, which hide `java\\tscript:`."""
    return "".join(c for c in address if c > " ")


def is_page(response):
    return response.get("Content-Type", "").startswith("text/html")


def read(response):
    return Page(response.content.decode())


def walk(client, starts, *, open_page=None, each=2, most=120, leave_out=()):
    """Open the pages that can be reached by links from these, as a person clicks: {address: response}.

    each: how many pages of a kind; a kind is the name of the address and of what is asked of it. Of addresses that ask
    for something, one of a kind; those that ask for several things at once are left out. open_page(address): how a page is opened, where not simply by GET. leave_out: names of addresses, seen elsewhere.
    """
    seen, kinds, waiting = {}, Counter(), deque(starts)
    while waiting and len(seen) < most:
        address = waiting.popleft()
        kind = kind_of(address)
        if (
            address in seen
            or kind is None
            or kind[0] in leave_out
            or len(kind[1]) > 1
            or kinds[kind] >= (1 if kind[1] else each)
        ):
            continue
        kinds[kind] += 1
        response = seen[address] = (open_page or client.get)(address)
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


def form_in(response, action):
    """The form of this page that is sent to that address."""
    for form in read(response).forms:
        if form["method"].lower() == "post" and (form["action"] or response.request["PATH_INFO"]) == action:
            return form
    raise AssertionError(f"no form on {response.request['PATH_INFO']} is sent to {action}")
