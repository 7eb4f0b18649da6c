"""Text with headings, lists and links, as an administrator types it; HTML in it stays text."""

from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt


def render(text):
    """-> safe HTML. Headings begin at the second level: the first is the page's own title."""
    return mark_safe(_reader().render(text))  # noqa: S308 - the reader escapes everything that it did not make


def _reader():
    # Links to javascript: and data: are refused by the reader itself; pictures would come from other hosts.
    reader = MarkdownIt("commonmark", {"html": False}).disable("image").enable("table")
    reader.core.ruler.push("house", _in_our_manner)
    return reader


def _in_our_manner(state):
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + (token.markup in ('#', '=')), 6)}"
        # The alignment of a column comes as a style attribute, which no page of ours may carry.
        token.attrs.pop("style", None)
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("rel", "noopener")
