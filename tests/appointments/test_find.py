"""Who is found: by whole words and beginnings, city, specialty, language, gender, fee and day, soonest first."""

import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.utils import timezone

from appointments import workflow
from appointments.models import NEVER, Listing, ListingPlace, Word
from appointments.search import normal, one_slip, slips, words
from healthstack.lib import clock
from healthstack.lib.paging import page_by_key
from tests.factories import (
    DoctorFactory,
    HospitalFactory,
    PatientFactory,
    book,
    free_slots,
    hours_in,
    language,
    specialty,
)

TODAY = date(2026, 3, 2)


def found(text="", **conditions):
    rows = Listing.objects.find(text, today=TODAY, **conditions)
    return [row.name for row in rows.order_by("next_free_at", "pk")]


@pytest.fixture
def doctors(db):
    """Four doctors in three cities, each later than the one before."""
    lucknow = HospitalFactory(name="Sahara Hospital", city="Lucknow")
    delhi = HospitalFactory(name="Max Hospital", city="New Delhi")
    hyderabad = HospitalFactory(name="अपोलो अस्पताल", city="हैदराबाद")
    facts = [
        ("Neha Sharma", lucknow, "Neurology", ["Hindi"], "female", 500, 9),
        ("Nikhil Sharda", delhi, "Neurology", ["Hindi", "English"], "male", 800, 10),
        ("José Núñez", delhi, "Cardiology", ["English"], "male", 300, 11),
        ("मीरा शर्मा", hyderabad, "Cardiology", ["Tamil"], "female", 650, 12),
    ]
    return [
        DoctorFactory(
            name=name,
            hospitals=[hospital],
            specialties=[field],
            languages=tongues,
            gender=gender,
            fee=Decimal(fee),
            hours=hours_in(hospital, begins=begins),
        )
        for name, hospital, field, tongues, gender, fee, begins in facts
    ]


ALL = ["Neha Sharma", "Nikhil Sharda", "José Núñez", "मीरा शर्मा"]
NEHA, NIKHIL, JOSE, MEERA = ALL


class TestWords:
    def test_without_conditions_all_are_found_soonest_first(self, doctors):
        assert found() == ALL

    @pytest.mark.parametrize("text", ["sharma", "SHARMA", " Sharma ", "neha sharma", "sharma, neha", "Dr Neha"[3:]])
    def test_a_name_finds_its_doctor(self, doctors, text):
        assert found(text) == [NEHA]

    @pytest.mark.parametrize(
        ("text", "who"), [("neuro", [NEHA, NIKHIL]), ("card", [JOSE, MEERA]), ("sh", [NEHA, NIKHIL])]
    )
    def test_the_beginning_of_a_word_is_enough(self, doctors, text, who):
        assert found(text) == who

    def test_one_letter_is_not_enough(self, doctors):
        assert found("n") == []

    def test_the_middle_of_a_word_is_no_beginning(self, doctors):
        assert found("arma") == []

    def test_a_word_that_is_known_stands_for_itself(self, doctors):
        Word.objects.create(text="shar", n=1)
        assert found("shar") == []

    def test_all_words_must_be_met(self, doctors):
        assert found("neurology delhi") == [NIKHIL]
        assert found("neuro lucknow hospital neha") == [NEHA]
        assert found("neuro cardio") == []

    @pytest.mark.parametrize("text", ["zzz", "sharma zzz", "zzz sharma"])
    def test_an_unknown_word_finds_nobody(self, doctors, text):
        assert found(text) == []

    def test_many_words_that_begin_like_one_leave_room_for_the_other(self, doctors):
        Word.objects.bulk_create(Word(text=f"sha{n}", n=50) for n in range(100))
        Word.objects.filter(text="sharma").update(n=99)
        assert found("neh sha") == [NEHA]

    @pytest.mark.parametrize("text", ["", "   ", "!?", "--", "\u200d"])
    def test_no_word_is_no_condition(self, doctors, text):
        assert found(text) == ALL

    @pytest.mark.parametrize("text", ["jose nunez", "José", "JOSE\u0301", "nún"])
    def test_accents_do_not_matter(self, doctors, text):
        assert found(text) == [JOSE]

    @pytest.mark.parametrize("text", ["मीरा", "शर्मा", "शर्", "मीरा शर्मा", "अपोलो", "हैदरा"])
    def test_hindi_words_keep_their_vowel_signs(self, doctors, text):
        assert found(text) == [MEERA]

    @pytest.mark.parametrize("text", ["मर", "शिरीमा", "मीर शरम"])
    def test_other_vowel_signs_make_another_word(self, doctors, text):
        assert found(text) == []

    def test_what_nobody_has_any_more_finds_nobody(self, doctors):
        workflow.suspend_doctor(doctor=doctors[0], reason="Licence", by=None)
        assert found("neha") == []
        assert found("hospital lucknow") == []
        assert found() == ALL[1:]

    @pytest.mark.parametrize("text", ["%", "_____", "' OR 1=1 --", "\uffff", "😀", "a" * 5000, "x " * 5000])
    def test_hostile_text_finds_nobody_and_breaks_nothing(self, doctors, text):
        assert found(text) in ([], ALL)

    def test_words_behind_the_sixth_are_left_out(self, doctors):
        assert found("neha sharma neurology neurologist sahara lucknow zzz") == [NEHA]


class TestSlips:
    @pytest.mark.parametrize(
        ("text", "who"),
        [
            ("shrama", [NEHA]),  # two letters the wrong way round
            ("sarma", [NEHA]),  # one too few
            ("sharmma", [NEHA]),  # one too many
            ("shatma", [NEHA]),  # another one
            ("harma", [NEHA]),
            ("charma", [NEHA]),
            ("sharmx", [NEHA]),
            ("sharmas", [NEHA]),
            ("cardiolgy", [JOSE, MEERA]),
            ("lucknwo neha", [NEHA]),
            ("nunes", [JOSE]),
            ("शरमा", [MEERA]),
        ],
    )
    def test_one_slip_of_the_pen_is_forgiven(self, doctors, text, who):
        assert found(text) == who

    @pytest.mark.parametrize("text", ["shrrmma", "srma", "hsamra", "nxha sxxrma", "nea", "xha", "मारी"])
    def test_two_slips_and_short_words_are_not(self, doctors, text):
        assert found(text) == []

    def test_what_is_known_and_what_begins_so_come_before_a_slip(self, doctors):
        DoctorFactory(hospitals=[HospitalFactory(city="Agra")], name="Nihal Sharna")
        assert found("sharma") == [NEHA]
        assert found("sharn") == ["Nihal Sharna"]
        assert set(found("sharqa")) == {NEHA, NIKHIL, "Nihal Sharna"}

    def test_a_rare_word_stands_for_the_common_one_that_it_is_a_slip_of(self, doctors):
        DoctorFactory(hospitals=[HospitalFactory(city="Agra")], name="Nihal Sharna")
        Word.objects.filter(text="sharma").update(n=9)
        assert found("sharna") == ["Nihal Sharna"]
        Word.objects.filter(text="sharma").update(n=10)
        assert found("sharna") == [NEHA, "Nihal Sharna"]
        assert found("sharma") == [NEHA]

    def test_a_word_that_nobody_has_any_more_is_not_meant(self, doctors):
        workflow.suspend_doctor(doctor=doctors[0], reason="Licence", by=None)
        assert found("shrama") == []
        workflow.reinstate_doctor(doctor=doctors[0], by=None)
        assert found("shrama") == [NEHA]

    def test_it_says_what_it_took_for_what(self, doctors):
        understood = Word.objects.understand("shrama neu delhi zzzz")
        assert [(u.typed, [w.text for w in u.words], u.slipped) for u in understood] == [
            ("shrama", ["sharma"], True),
            ("neu", ["neurologist", "neurology"], False),
            ("delhi", ["delhi"], False),
            ("zzzz", [], False),
        ]

    def test_three_questions_are_enough_for_six_words(self, doctors, django_assert_max_num_queries):
        with django_assert_max_num_queries(3):
            Word.objects.understand("shrama neu delhi cardiolgy zzzz hosp")
        with django_assert_max_num_queries(0):
            Word.objects.understand("")

    def test_every_word_has_its_slips_once(self, doctors):
        for word in Word.objects.all():
            assert sorted(word.near.values_list("variant", flat=True)) == sorted(slips(word.text))


class TestOneSlip:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [("abcd", "abce"), ("abcd", "abc"), ("abcd", "bcd"), ("abcd", "abxcd"), ("abcd", "bacd"), ("abcd", "abdc")],
    )
    def test_it_is_one(self, typed, meant):
        assert one_slip(typed, meant) and one_slip(meant, typed)
        assert slips(typed + "--") & slips(meant + "--")  # so the table of slips finds it

    @pytest.mark.parametrize(
        ("typed", "meant"), [("abcd", "abcd"), ("abcd", "acbe"), ("abcd", "cdab"), ("abcd", "ab"), ("abcd", "adcb")]
    )
    def test_it_is_none_or_more(self, typed, meant):
        assert not one_slip(typed, meant) and not one_slip(meant, typed)


class TestConditions:
    @pytest.mark.parametrize(
        ("city", "who"),
        [
            ("Lucknow", [NEHA]),
            ("luck", [NEHA]),
            ("new delhi", [NIKHIL, JOSE]),
            ("New D", [NIKHIL, JOSE]),
            ("delhi", []),
            ("हैदराबाद", [MEERA]),
            ("हैद", [MEERA]),
            ("--", []),
            ("%", []),
        ],
    )
    def test_a_city_is_found_by_its_beginning(self, doctors, city, who):
        assert found(city=city) == who

    def test_specialty_language_gender_and_fee(self, doctors):
        assert found(specialty=specialty("Cardiology").pk) == [JOSE, MEERA]
        assert found(language=language("English").pk) == [NIKHIL, JOSE]
        assert found(gender="female") == [NEHA, MEERA]
        assert found(fee_up_to=500) == [NEHA, JOSE]
        assert found(fee_up_to=299) == []

    def test_conditions_are_met_together(self, doctors):
        assert found("card", gender="male", city="new", language=language("English").pk) == [JOSE]
        assert found("neuro", gender="female", fee_up_to=400) == []

    def test_a_doctor_of_two_hospitals_is_found_once(self, doctors):
        here, there = HospitalFactory(city="Lucknow", name="A B"), HospitalFactory(city="Lucknow", name="C B")
        DoctorFactory(hospitals=[here, there], name="Twice Here")
        assert found(city="lucknow") == [NEHA, "Twice Here"]
        assert found("b") == ["Twice Here"]
        assert found("twice lucknow") == ["Twice Here"]

    def test_days(self, hospital):
        DoctorFactory(name="Monday", hospitals=[hospital], hours=hours_in(hospital, weekdays=[0]))
        DoctorFactory(name="Tuesday", hospitals=[hospital], hours=hours_in(hospital, weekdays=[1]))
        DoctorFactory(name="Never", hospitals=[hospital], hours=())
        assert found(days=(0, 1)) == ["Monday"]
        assert found(days=(1, 1)) == ["Tuesday"]
        assert found(days=(2, 5)) == []
        assert found(days=(0, 7)) == ["Monday", "Tuesday"]
        assert found(days=(7, 1)) == ["Monday"]
        assert found() == ["Monday", "Tuesday", "Never"]

    def test_rows_that_were_not_rolled_since_yesterday_still_answer(self, hospital, at):
        DoctorFactory(name="Monday", hospitals=[hospital], hours=hours_in(hospital, weekdays=[0]))
        DoctorFactory(name="Tuesday", hospitals=[hospital], hours=hours_in(hospital, weekdays=[1]))
        at("2026-03-03 08:00")
        rows = Listing.objects.find(days=(0, 1), today=TODAY + timedelta(1))
        assert [row.name for row in rows] == ["Tuesday"]


class TestPlans:
    def test_a_short_list_is_gathered_and_finds_the_same(self, doctors):
        cache.set("listing-count", 10**6, 60)
        assert found("neuro") == [NEHA, NIKHIL]
        assert found("sharma hospital", city="luck") == [NEHA]
        assert found("neuro card") == []

    def test_a_stale_count_changes_no_answer(self, doctors):
        for number in (0, 1, 10**9):
            cache.set("listing-count", number, 60)
            assert found("hospital") == [NEHA, NIKHIL, JOSE]

    def test_the_count_is_asked_once(self, doctors, django_assert_num_queries):
        assert Listing.objects.how_many() == 4
        with django_assert_num_queries(0):
            assert Listing.objects.how_many() == 4

    def test_cities_are_named_as_people_write_them(self, doctors):
        assert ListingPlace.objects.cities() == ["Lucknow", "New Delhi", "हैदराबाद"]


class TestNormalForm:
    @pytest.mark.parametrize(
        ("text", "normalised"),
        [
            ("Dr. José NÚÑEZ-Pérez", ["dr", "jose", "nunez", "perez"]),
            ("क्या हिन्दी", ["क्या", "हिन्दी"]),
            ("a\u200db", ["ab"]),
            ("one one two", ["one", "two"]),
            ("Straße", ["strasse"]),
            ("under_score 42", ["under", "score", "42"]),
            ("ＭＡＸ", ["max"]),
            ("x" * 100, ["x" * 40]),
        ],
    )
    def test_words(self, text, normalised):
        assert words(text) == normalised

    def test_at_most_six(self):
        assert len(words("a b c d e f g h")) == 6

    def test_again_is_harmless(self):
        for text in ("José", "हिन्दी", "ﷺ", "Ǆ"):
            assert normal(normal(text)) == normal(text)


# --- the same, by looking at every doctor -------------------------------------------------------------------------------

CITIES = ("Lucknow", "New Delhi", "New Town", "Pune", "हैदराबाद")
FIRST = ("Asha", "Ashok", "Neha", "Nehal", "Ravi", "मीरा", "José")
LAST = ("Sharma", "Sharda", "Shah", "Rao", "Raman", "शर्मा", "Núñez")
FIELDS = ("Neurology", "Nephrology", "Cardiology", "Dermatology")
TONGUES = ("Hindi", "English", "Tamil")


@pytest.fixture
def town(db):
    """30 doctors in 8 hospitals of 5 cities, some with no hours, some booked."""
    pick = random.Random(2026)
    hospitals = [
        HospitalFactory(name=f"{n} {c} Hospital", city=c) for n, c in zip("ABCDEFGH", CITIES * 2, strict=False)
    ]
    rows = []
    for _ in range(30):
        works_in = pick.sample(hospitals, pick.choice([1, 1, 2]))
        days = pick.sample(range(7), pick.choice([0, 1, 3, 7]))
        rows.append(
            DoctorFactory(
                name=f"{pick.choice(FIRST)} {pick.choice(LAST)}",
                hospitals=works_in,
                specialties=pick.sample(FIELDS, pick.choice([1, 1, 2])),
                languages=pick.sample(TONGUES, pick.choice([1, 2])),
                gender=pick.choice(["female", "male", "other"]),
                fee=Decimal(pick.choice([200, 300, 500, 900])),
                hours=hours_in(works_in[0], begins=pick.randint(6, 14), ends=16, weekdays=sorted(days)),
            )
        )
    for doctor in rows[::4]:
        for slot in free_slots(doctor)[:2]:
            book(PatientFactory(), doctor, slot=slot)
    return rows


def meant(word, vocabulary):
    """The words that a typed one stands for: itself, else those that begin so, else the three that most have of its slips."""
    begin = {w for w in vocabulary if w.startswith(word) and len(word) > 1}
    near = sorted((w for w in vocabulary if len(word) > 3 and one_slip(word, w)), key=lambda w: (-vocabulary[w], w))
    if word in vocabulary:
        return {word} | {w for w in near[:3] if vocabulary[w] >= 10 * vocabulary[word]}
    return begin or set(near[:3])


class Known:
    """What one can know of a doctor by looking."""

    def __init__(self, doctor):
        self.doctor = doctor
        places = [row.hospital for row in doctor.affiliations.current().select_related("hospital")]
        fields = list(doctor.specialties.all())
        texts = [doctor.user.name, *(f.name for f in fields), *(f.title for f in fields)]
        texts += [text for place in places for text in (place.name, place.city)]
        self.words = set(words(" ".join(texts), most=99))
        self.cities = [" ".join(words(place.city)) for place in places]
        self.fields, self.tongues = {f.pk for f in fields}, {t.pk for t in doctor.languages.all()}
        slots = free_slots(doctor, days=15)
        today = timezone.localtime(clock.now()).date()
        self.days = {(timezone.localtime(slot.starts_at).date() - today).days for slot in slots}
        within = [s for s in slots if (timezone.localtime(s.starts_at).date() - today).days < 14]
        self.soonest = within[0].starts_at if within else NEVER

    def meets(self, vocabulary, text, city, specialty, language, gender, fee_up_to, days):
        for word in words(text):
            if not meant(word, vocabulary) & self.words:
                return False
        return (
            (not city or any(c.startswith(" ".join(words(city))) for c in self.cities))
            and (not specialty or specialty in self.fields)
            and (not language or language in self.tongues)
            and (not gender or gender == self.doctor.gender)
            and (fee_up_to is None or self.doctor.fee <= fee_up_to)
            and (not days or any(days[0] <= day < days[0] + days[1] for day in self.days))
        )


def questions(pick, fields, tongues):
    texts = [*FIRST, *LAST, *FIELDS, *CITIES, "hospital", "neuro", "ne", "sha", "sh", "a", "zzz", "शर्", "new", "car"]
    texts += ["shrama", "sharmaa", "cardiolgy", "nehs", "hopsital", "शरमा", "asok", "xyzw"]
    while True:
        yield {
            "text": " ".join(pick.sample(texts, pick.choice([0, 0, 1, 1, 1, 2, 2, 3]))),
            "city": pick.choice(["", "", "", "New", "new d", "pune", "हैद", "Luck"]),
            "specialty": pick.choice([None, None, None, *fields]),
            "language": pick.choice([None, None, None, *tongues]),
            "gender": pick.choice(["", "", "", "female", "male"]),
            "fee_up_to": pick.choice([None, None, None, 300, 500]),
            "days": pick.choice([None, None, None, (0, 1), (1, 1), (0, 7), (5, 3), (13, 1)]),
        }


def test_it_finds_whom_looking_at_every_doctor_finds(town):
    pick, known = random.Random(7), [Known(doctor) for doctor in town]
    vocabulary = Counter(word for one in known for word in one.words)
    asked = questions(pick, [specialty(f).pk for f in FIELDS], [language(t).pk for t in TONGUES])
    answered = 0
    for _ in range(150):
        question = next(asked)
        cache.set("listing-count", pick.choice([1, 30, 10**6]), 60)
        expected = [k for k in known if k.meets(vocabulary, **question)]
        expected = [k.doctor.pk for k in sorted(expected, key=lambda k: (k.soonest, k.doctor.pk))]
        rows, seen, after = Listing.objects.find(today=TODAY, **question), [], ""
        while True:
            page = page_by_key(rows, ("next_free_at", "pk"), after=after, size=4)
            seen += [row.pk for row in page.rows]
            after = page.next
            if not after:
                break
        assert seen == expected, question
        answered += bool(expected)
    assert answered > 50
