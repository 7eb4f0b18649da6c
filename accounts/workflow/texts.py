"""Pages of text that the owner of the site keeps."""

from django.conf import settings

from accounts.audit import record
from accounts.models import Leaflet
from healthstack.lib import clock
from healthstack.lib.transactions import one_transaction


@one_transaction
def save_leaflet(*, leaflet, by):
    """A page of text is written anew by whoever keeps the site."""
    leaflet.changed_at = clock.now()
    leaflet.save()
    record("accounts.leaflet_saved", by=by, about=leaflet, slug=leaflet.slug, characters=len(leaflet.text))


def write_first_leaflets():
    """The pages of text that a fresh site begins with. Run after each migrate; a page that is there is left alone."""
    for file in sorted((settings.BASE_DIR / "data" / "leaflets").glob("*.md")):
        if not Leaflet.objects.filter(slug=file.stem).exists():
            title, _line, text = file.read_text("utf-8").partition("\n")
            save_leaflet(leaflet=Leaflet(slug=file.stem, title=title.lstrip("# "), text=text.strip()), by=None)
