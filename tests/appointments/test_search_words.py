"""The fill of the migration: a site that had doctors and hospitals before finds them by slips, and hospitals by words."""

import importlib

from django.apps import apps
from django.db.models import F

from appointments.models import HospitalWord, Near, Word

fill = importlib.import_module("appointments.migrations.0003_search_words").fill


def state():
    return (
        sorted(Near.objects.values_list("word__text", "variant")),
        sorted(HospitalWord.objects.values_list("hospital__name", "word__text")),
        sorted(Word.objects.values_list("text", "n", "hospitals")),
    )


def test_the_fill_writes_what_the_verbs_would_have_written(doctor, other_doctor, other_hospital):
    before = state()
    assert all(before)
    Near.objects.all().delete()
    HospitalWord.objects.all().delete()
    Word.objects.filter(n=0).delete()
    Word.objects.update(hospitals=0)
    fill(apps, None)
    assert state() == before


def test_again_it_changes_nothing(doctor, other_hospital):
    before = state()
    fill(apps, None)
    fill(apps, None)
    assert state() == before


def test_who_cannot_be_found_gets_no_words(hospital):
    type(hospital).objects.update(state="suspended", name=F("name"))
    HospitalWord.objects.all().delete()
    Word.objects.update(hospitals=0)
    fill(apps, None)
    assert not HospitalWord.objects.exists()
    assert not Word.objects.filter(hospitals__gt=0).exists()
