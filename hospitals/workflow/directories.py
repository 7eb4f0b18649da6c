"""A directory of hospitals comes in: kept, checked, and written in one step, or not at all."""

import logging
from datetime import timedelta
from itertools import islice

from django.conf import settings
from django.core.files.storage import storages
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.audit import record
from healthstack.lib import clock
from healthstack.lib.announce import announce
from healthstack.lib.keys import uuid7
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from hospitals.directory import KEPT, Reading
from hospitals.models import DirectoryImport, Hospital, Staff

log = logging.getLogger(__name__)
BATCH = 2000  # rows at a time
SHOWN = 10  # rows of the preview
COPIED = ("name", "city", "region", "street", "postcode", "phone", "latitude", "longitude")
STALLED = timedelta(minutes=5)  # without moving on: whoever worked on it was killed
MOST_INTERRUPTIONS = 3
State = DirectoryImport.State


@one_transaction
def keep_directory(*, file, name, source, by):
    """A file is kept, to be checked by `check_directory`. -> DirectoryImport. Nothing of it can be found yet.

    source: the name of the directory. Rows of the same source and number are the same hospital, however often the
    directory comes. Raises RuleBroken while the storage is away.
    """
    directory = DirectoryImport(id=uuid7(), source=source, file_name=name[:160], by=by)
    try:
        directory.file_key = storages["private"].save(f"directories/{directory.pk.hex}", file)
    except Exception:  # each storage fails in its own way
        log.exception("private storage")
        raise RuleBroken(_("The file could not be kept just now. Try it again later."), field="file") from None
    directory.save(force_insert=True)
    record("hospitals.directory_kept", by=by, about=directory, source=source)
    return directory


def check_directory(*, directory):
    """Read the file and note each fault, each warning, the first rows, and what an import would do. Writes nothing else.

    Safe to run twice, also at once. The numbers move on while it reads.
    """
    if directory.state != State.CHECKING:
        return directory
    try:
        state, found = _read(directory)
    except (OSError, DatabaseError):
        _close(directory, State.FAILED)
        raise
    return _close(directory, state, **found)


def _read(directory):
    """-> (the state that follows, what the import then says of itself)"""
    counts, sample = {"added": 0, "changed": 0, "same": 0}, []
    with storages["private"].open(directory.file_key) as file:
        reading = Reading(file)
        for rows in _batches(reading):
            plan = _plan(directory.source, rows, reading)
            for name, found in zip(counts, plan, strict=True):
                counts[name] += len(found)
            sample = sample or [_shown(row) for row in rows[:SHOWN]]
            checking = DirectoryImport.objects.filter(pk=directory.pk, state=State.CHECKING)
            checking.update(done=reading.rows, moved_at=clock.now())
    noted = {name: getattr(reading, name) for name in ("rows", "faults", "fault_count", "warnings", "warning_count")}
    if reading.fault_count:
        return State.REFUSED, {**noted, "sample": sample, "done": reading.rows}
    return State.CHECKED, {**noted, "sample": sample, "done": 0, **counts}


@one_transaction
def start_import(*, directory, by):
    """An administrator has looked at what was found, and says yes.

    Raises RuleBroken when it cannot be imported, or the same directory is being imported from another file.
    """
    directory = DirectoryImport.objects.select_for_update().get(pk=directory.pk)
    if directory.state not in (State.CHECKED, State.FAILED) or directory.fault_count or not directory.rows:
        raise RuleBroken(
            _("This file cannot be imported: %(state)s.") % {"state": directory.get_state_display().lower()}
        )
    directory.state, directory.runs, directory.finished_at, directory.by = State.RUNNING, True, None, by
    directory.moved_at, directory.interrupted = clock.now(), 0
    try:
        with transaction.atomic():
            directory.save(update_fields=["state", "runs", "finished_at", "by", "moved_at", "interrupted"])
    except IntegrityError as error:
        raise RuleBroken(
            _("%(source)s is being imported from another file already. Try again when that is done.")
            % {"source": directory.source}
        ) from error
    record("hospitals.import_started", by=by, about=directory, source=directory.source)
    return directory


def import_directory(*, directory):
    """Write all rows of a started import in one transaction: all can be found afterwards, or none.

    Safe to run twice, also at once. What fails is noted on the import and raised.
    """
    if directory.state != State.RUNNING:
        return directory
    try:
        done = _import(directory)
    except Exception:
        _close(directory, State.FAILED)
        raise
    if done is None:
        directory.refresh_from_db()
    return done or directory


@one_transaction
def _import(directory):
    directory = _locked(directory.pk, State.RUNNING)
    if directory is None:
        return None
    counts, at_once = {"added": 0, "changed": 0, "same": 0}, clock.now()
    with storages["private"].open(directory.file_key) as file:
        reading = Reading(file)
        for rows in _batches(reading):
            new, changed, same = _plan(directory.source, rows)
            _add(directory.source, new, at_once)
            _change(changed)
            for name, found in zip(counts, (new, changed, same), strict=True):
                counts[name] += len(found)
    if reading.fault_count:
        raise RuleBroken(_("The file is not the one that was checked."))
    record("hospitals.directory_imported", by=directory.by, about=directory, source=directory.source, **counts)
    return _close(directory, State.DONE, done=reading.rows, **counts)


def _locked(pk, *states):
    """The import, locked, or None where it is in none of these states, or somebody works on it at this moment."""
    rows = DirectoryImport.objects.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    return rows.filter(pk=pk, state__in=states).first()


def resume_imports():
    """What whoever worked on it left half done is begun again, a few times. -> those to run now

    Run by tick, safe to run twice. Each is whole or nothing, so that it can be begun again at any point.
    """
    left = DirectoryImport.objects.filter(
        state__in=(State.CHECKING, State.RUNNING), moved_at__lt=clock.now() - STALLED
    ).order_by("created_at", "pk")
    found = [resume_import(directory=directory) for directory in list(left)]
    return [directory for directory in found if directory is not None]


@one_transaction
def resume_import(*, directory):
    """-> the import, to be run again, or None: it goes on, or has been interrupted so often that it fails."""
    directory = _locked(directory.pk, State.CHECKING, State.RUNNING)
    if directory is None or directory.moved_at >= clock.now() - STALLED:
        return None
    directory.interrupted, directory.moved_at = directory.interrupted + 1, clock.now()
    directory.save(update_fields=["interrupted", "moved_at"])
    if directory.interrupted >= MOST_INTERRUPTIONS:
        _close(directory, State.FAILED)
        return None
    record("hospitals.import_resumed", by=None, about=directory, source=directory.source)
    return directory


def _batches(rows):
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _plan(source, rows, reading=None):
    """-> (rows that are new, [(id, row)] that changed, rows that need nothing).

    Hospitals with people of their own are theirs: what they have entered is not overwritten. With a reading, likely
    doubles of other hospitals are noted there.
    """
    staffed = Exists(Staff.objects.current().filter(hospital=OuterRef("pk")))
    known = Hospital.objects.filter(source=source, source_row__in=[row.number for row in rows])
    have = {one[0]: one[1:] for one in known.annotate(own=staffed).values_list("source_row", "pk", "own", *COPIED)}
    new, changed, same = [], [], []
    for row in rows:
        if row.number not in have:
            new.append(row)
            continue
        pk, own, *columns = have[row.number]
        if own or tuple(columns) == _columns(row):
            same.append(row)
        else:
            changed.append((pk, row))
    if reading is not None and reading.warning_count < KEPT:
        _note_doubles(source, new, reading)
    return new, changed, same


def _columns(row):
    return tuple(getattr(row, name) for name in COPIED)


def _note_doubles(source, rows, reading):
    codes = {row.postcode for row in rows if row.postcode}
    others = Hospital.objects.filter(postcode__in=codes).exclude(source=source)
    there = {(name.casefold(), code) for name, code in others.values_list("name", "postcode")}
    for row in rows:
        if (row.name.casefold(), row.postcode) in there:
            reading.warn(row.line, "", _("A hospital of this name and PIN code is here already."))


def _add(source, rows, at_once):
    slugs = _slugs(source, rows)
    hospitals = [
        Hospital(
            **dict(zip(COPIED, _columns(row), strict=True)),
            slug=slugs[row.number],
            zone=settings.TIME_ZONE,
            source=source,
            source_row=row.number,
            registered_at=at_once,
        )
        for row in rows
    ]
    Hospital.objects.bulk_create(hospitals, batch_size=500)
    if hospitals and hospitals[0].pk is None:  # MySQL does not tell the keys of many rows
        numbers = [row.number for row in rows]
        hospitals = list(Hospital.objects.filter(source=source, source_row__in=numbers))
    if hospitals:
        announce("hospitals.imported", hospitals=hospitals)


def _slugs(source, rows):
    """{number: an address on the site that no hospital has}: the name and the city; if that is taken, the number as well."""
    base = {row.number: slugify(f"{row.name} {row.city}")[:140].strip("-") or "hospital" for row in rows}
    longer = {number: f"{text}-{number}" for number, text in base.items()}
    wanted = {*base.values(), *longer.values()}
    taken = set(Hospital.objects.filter(slug__in=wanted).values_list("slug", flat=True))
    found = {}
    for number in base:
        longest = f"{longer[number]}-{slugify(source)[:20]}"
        found[number] = next(text for text in (base[number], longer[number], longest) if text not in taken)
        taken.add(found[number])
    return found


def _change(changed):
    if not changed:
        return
    hospitals = list(Hospital.objects.filter(pk__in=[pk for pk, _row in changed]))
    announce("hospitals.importing", hospitals=hospitals)
    for pk, row in changed:
        Hospital.objects.filter(pk=pk).update(**dict(zip(COPIED, _columns(row), strict=True)))
    announce("hospitals.imported", hospitals=hospitals)


def _shown(row):
    return [row.number, *(str(value) if value is not None else "" for value in _columns(row))]


def _close(directory, state, **found):
    """A step is over: what it has found is kept, unless another process has gone further in the meantime.

    The file is not needed any more, unless it is imported next or can be tried again.
    """
    if state == State.CHECKED:
        found["interrupted"] = 0
    else:
        found["finished_at"] = clock.now()
    mine = DirectoryImport.objects.filter(pk=directory.pk, state=directory.state)
    went = mine.update(state=state, runs=None, moved_at=clock.now(), **found)
    directory.refresh_from_db()
    if went and state in (State.DONE, State.REFUSED):
        transaction.on_commit(lambda: storages["private"].delete(directory.file_key), robust=True)
    return directory
