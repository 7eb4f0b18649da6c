"""The gate for files: what a person sends is looked at, kept under a name of our own, and counted.

    row = files.take(upload, owner=user, kinds=files.PAPER, by=user)     inside the verb that keeps the row's key
    files.forget(row, by=user)                                          row at once, content once that has succeeded

Views hand a file out by `healthstack.lib.uploads.answer(row, small=…, inline=…)`, after they asked who wants it.
"""

import secrets

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import StoredFile, User
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from healthstack.lib.uploads import MEGABYTE, PAPER, PHOTO, PORTRAIT, Looked, look, small_key

__all__ = ("PAPER", "PHOTO", "PORTRAIT", "forget", "take")


def take(upload, *, owner, kinds, by, field=None):
    """Keep a file. -> StoredFile. upload: what `UploadField` found, or a file as the browser sent it.

    kinds: PORTRAIT (a square picture of 512 pixels), PHOTO (1280 at most) or PAPER (PDF, or a picture of 2400).
    Raises RuleBroken, for that field of the form, when the file is refused or when this owner has no room left.
    """
    # Looked at before the owner's row is locked: drawing a picture anew takes its time.
    found = upload if isinstance(upload, Looked) else look(upload, kinds)
    return _keep(found=found, owner=owner, by=by, field=field)


@one_transaction
def _keep(*, found, owner, by, field):
    User.objects.select_for_update().get(pk=owner.pk)
    has = StoredFile.objects.of(owner).aggregate(files=Count("pk"), bytes=Sum("size"))
    if has["files"] >= settings.FILES_OF_A_PERSON:
        raise RuleBroken(
            _("You have %(n)d files here, and there is no room for more.") % {"n": has["files"]}, field=field
        )
    most = settings.FILE_BYTES_OF_A_PERSON
    if (has["bytes"] or 0) + found.size > most:
        raise RuleBroken(
            _("Your files may have %(most)d MB together, and this one is too much.") % {"most": most // MEGABYTE},
            field=field,
        )
    random = secrets.token_hex(16)
    key = f"{random[:2]}/{random}"
    _write(key, found, field)
    stored = StoredFile.objects.create(
        owner=owner,
        name=found.name,
        kind=found.kind,
        key=key,
        size=found.size,
        width=found.width,
        height=found.height,
    )
    record("accounts.file_taken", by=by, about=stored, kind=stored.kind, size=stored.size)
    return stored


def _write(key, found, field):
    """Content before its row: a row without content would be a page that breaks, the reverse is swept up later."""
    storage = storages["private"]
    try:
        storage.save(key, ContentFile(found.content))
        if found.small:
            storage.save(small_key(key), ContentFile(found.small))
    except OSError:
        raise RuleBroken(_("The file could not be kept just now. Try it again later."), field=field) from None


@one_transaction
def forget(stored, *, by):
    """A file is no longer kept: its row goes now, its content once that has succeeded."""
    keys = [stored.key, small_key(stored.key)]
    record("accounts.file_forgotten", by=by, about=stored)
    StoredFile.objects.filter(pk=stored.pk).delete()
    transaction.on_commit(lambda: [storages["private"].delete(key) for key in keys], robust=True)
