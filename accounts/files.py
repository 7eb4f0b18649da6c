"""The gate for files: what a person sends is looked at, kept under a name of our own, and counted.

    row = files.take(upload, owner=user, kinds=files.PAPER, by=user)     inside the verb that keeps the row's key
    files.forget(row, by=user)                                          row at once, content once that has succeeded
    files.sweep()                                                       content that never came to a row

Views hand a file out by `healthstack.lib.uploads.answer(row, small=…, inline=…)`, after they asked who wants it.
"""

import logging
import random
import re
import secrets
from datetime import timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import StoredFile, User
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from healthstack.lib.uploads import MEGABYTE, PAPER, PHOTO, PORTRAIT, Looked, look, small_key

log = logging.getLogger(__name__)
# Younger content may belong to an act that is not over yet.
LEFT_ALONE = timedelta(days=1)
FOLDER, OURS = re.compile(r"[0-9a-f]{2}"), re.compile(r"[0-9a-f]{32}(-small)?")
__all__ = ("PAPER", "PHOTO", "PORTRAIT", "forget", "sweep", "take")


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
    except Exception as error:  # each storage fails in its own way
        log.error("private storage: %s", type(error).__name__)
        raise RuleBroken(_("The file could not be kept just now. Try it again later."), field=field) from None


@one_transaction
def forget(stored, *, by):
    """A file is no longer kept: its row goes now, its content once that has succeeded."""
    keys = [stored.key, small_key(stored.key)]
    record("accounts.file_forgotten", by=by, about=stored)
    StoredFile.objects.filter(pk=stored.pk).delete()
    transaction.on_commit(lambda: [storages["private"].delete(key) for key in keys], robust=True)


def sweep(*, at_most=500):
    """Remove what has lain in the private storage for a day without a row: an act failed after the gate had written.

    Run by tick. Safe to run twice, and beside others: no row ever comes to content that is older than its act. Looks
    only at names that the gate gives, so that what else lies there stays. -> how many were removed
    """
    storage, removed = storages["private"], 0
    try:
        folders = [name for name in storage.listdir("")[0] if FOLDER.fullmatch(name)]
    except FileNotFoundError:  # nobody has sent anything yet
        return 0
    random.shuffle(folders)  # so that content that cannot be removed does not hold up the rest for ever
    for folder in folders:
        for key in _without_row(storage, folder):
            if removed == at_most:
                break
            removed += _sweep_away(storage, key)
    if removed:
        record("accounts.files_swept", by=None, files=removed)
    return removed


def _without_row(storage, folder):
    names = [f"{folder}/{name}" for name in storage.listdir(folder)[1] if OURS.fullmatch(name)]
    large = {name: name.removesuffix(small_key("")) for name in names}
    kept, keys = set(), sorted(set(large.values()))
    for n in range(0, len(keys), 500):
        kept.update(StoredFile.objects.filter(key__in=keys[n : n + 500]).values_list("key", flat=True))
    return [name for name in names if large[name] not in kept]


def _sweep_away(storage, key):
    """-> whether it was old enough, and is gone."""
    try:
        if storage.get_modified_time(key) > clock.now() - LEFT_ALONE:
            return False
        storage.delete(key)
    except Exception as error:  # another sweep was quicker, or the storage is away: the next one comes tomorrow
        log.warning("not swept: %s", type(error).__name__)
        return False
    return True
