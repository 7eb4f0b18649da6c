"""The doctor search as a visitor sees it: slips, complaints, order, numbers beside the filters, what to leave out."""

import re
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils.html import strip_tags

from appointments import symptoms, workflow
from appointments.models import Listing
from doctors.models import Doctor
from healthstack.pages import searching
from hospitals.models import VisitType
from tests.factories import DoctorFactory, HospitalFactory, hours_in, specialty

pytestmark = pytest.mark.usefixtures("monday_morning")


def text_of(answer):
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode()))


def names(answer):
    return re.findall(r"<h2 id=\"doctor-\d+\"><a[^>]*>Dr ([^<]+)</a>", answer.content.decode())


@pytest.fixture
def doctors(db):
    lucknow, pune = HospitalFactory(name="Sahara Hospital", city="Lucknow"), HospitalFactory(name="Max", city="Pune")
    facts = [
        ("Neha Sharma", lucknow, "Neurology", "female", 900, None, 0, 9),
        ("Nikhil Sharda", pune, "Neurology", "male", 800, "4.50", 12, 10),
        ("Jose Nunez", pune, "Cardiology", "male", 300, "4.90", 3, 11),
        ("Asha Rao", lucknow, "Cardiology", "female", 500, None, 0, 12),
    ]
    rows = []
    for name, hospital, field, gender, fee, rating, n, begins in facts:
        doctor = DoctorFactory(
            name=name,
            hospitals=[hospital],
            specialties=[field],
            gender=gender,
            fee=Decimal(fee),
            hours=hours_in(hospital, begins=begins),
        )
        Doctor.objects.filter(pk=doctor.pk).update(rating=rating, rating_count=n)
        workflow.relist(doctor=doctor)
        rows.append(doctor)
    return rows


NEHA, NIKHIL, JOSE, ASHA = "Neha Sharma", "Nikhil Sharda", "Jose Nunez", "Asha Rao"


class TestSlips:
    def test_it_says_what_it_looked_for(self, client, doctors):
        answer = client.get("/doctors/?q=cardiolgy")
        assert names(answer) == [JOSE, ASHA]
        assert "Showing results for cardiology. Nothing is called “cardiolgy”." in text_of(answer)

    def test_it_keeps_the_words_that_were_right(self, client, doctors):
        answer = client.get("/doctors/?q=cardiolgy pune")
        assert names(answer) == [JOSE]
        assert "Showing results for cardiology pune." in text_of(answer)

    @pytest.mark.parametrize("city", ["Pune", "pun", "puen", "Pume", "punee"])
    def test_a_city_is_forgiven_one_as_well(self, client, doctors, city):
        answer = client.get("/doctors/", {"city": city})
        assert names(answer) == [NIKHIL, JOSE]
        assert "2 doctors in Pune, soonest" in text_of(answer)

    @pytest.mark.parametrize("city", ["--", "pnu", "xyzw", "unep"])
    def test_another_city_is_not(self, client, doctors, city):
        assert names(client.get("/doctors/", {"city": city})) == []

    def test_without_a_slip_it_says_nothing(self, client, doctors):
        for text in ("cardio", "cardiology", "zzzz", ""):
            assert "Showing results for" not in text_of(client.get("/doctors/", {"q": text}))

    def test_what_is_typed_is_never_markup(self, client, doctors):
        page = client.get("/doctors/", {"q": "<b>cardiolgy</b>"}).content.decode()
        assert "<b>cardiolgy" not in page


class TestComplaints:
    def test_a_complaint_leads_to_its_field_and_is_no_diagnosis(self, client, doctors):
        answer = client.get("/doctors/?q=headache")
        assert names(answer) == [NEHA, NIKHIL]
        assert "Headache: doctors for Neurology. This points to a field of medicine. It is not a diagnosis." in text_of(
            answer
        )
        assert "Source: Northern Health" in text_of(answer)
        assert "emergency. If it is sudden" not in text_of(answer)

    @pytest.mark.parametrize("text", ["headaches", "hedache", "Headache pune", "pune headache"])
    def test_a_slip_and_other_words_do_no_harm(self, client, doctors, text):
        answer = client.get("/doctors/", {"q": text})
        assert names(answer) == ([NIKHIL] if "pune" in text else [NEHA, NIKHIL])

    def test_chest_pain_shows_the_emergency_number_first(self, client, doctors):
        answer = client.get("/doctors/?q=chest+pain")
        page = text_of(answer)
        assert "This can be an emergency. If it is sudden, severe or getting worse, call 112 now." in page
        assert page.index("This can be an emergency") < page.index("Chest pain: doctors for Cardiology")
        assert names(answer) == [JOSE, ASHA]

    def test_the_number_is_shown_where_no_doctor_of_the_field_is(self, client, db):
        page = text_of(client.get("/doctors/?q=chest+pain"))
        assert "This can be an emergency" in page
        assert "doctors for Cardiology" not in page

    def test_one_word_of_two_is_no_complaint(self, client, doctors):
        assert "doctors for" not in text_of(client.get("/doctors/?q=pain"))

    def test_the_field_that_was_chosen_counts(self, client, doctors):
        answer = client.get("/doctors/?q=headache&specialty=cardiology")
        assert names(answer) == []

    def test_a_doctor_with_that_word_is_found_by_it(self, client, doctors):
        DoctorFactory(name="Migraine Joshi", hospitals=[HospitalFactory(city="Agra")], specialties=["Dermatology"])
        answer = client.get("/doctors/?q=migraine")
        assert names(answer) == ["Migraine Joshi"]
        assert "Migraine: doctors for Neurology" in text_of(answer)
        assert "?specialty=neurology" in answer.content.decode()

    def test_every_row_names_its_source_and_a_field_that_the_demo_has(self):
        from healthstack.demo.places import SPECIALTIES

        slugs = {slug for _name, _title, slug in SPECIALTIES}
        rows = symptoms.table()
        assert 30 <= len(rows) <= 80
        assert len({row.name for row in rows}) == len(rows)
        for row in rows:
            assert row.specialty in slugs, row
            assert row.source and row.address.startswith("http"), row
            assert symptoms.meant(row.name).symptom == row, row

    def test_the_longer_complaint_is_meant(self):
        assert symptoms.meant("I am coughing blood").symptom.name == "coughing blood"
        assert symptoms.meant("cough since monday").symptom.name == "cough"
        assert symptoms.meant("loss vision").symptom.name == "loss of vision"
        assert symptoms.meant("") is None


class TestOrder:
    def test_soonest_first_unless_asked_otherwise(self, client, doctors):
        for address in ("/doctors/", "/doctors/?sort=soonest", "/doctors/?sort=nonsense"):
            assert names(client.get(address)) == [NEHA, NIKHIL, JOSE, ASHA]

    def test_by_rating_those_without_come_last(self, client, doctors):
        assert names(client.get("/doctors/?sort=rating")) == [JOSE, NIKHIL, ASHA, NEHA]

    def test_by_fee(self, client, doctors):
        assert names(client.get("/doctors/?sort=fee")) == [JOSE, ASHA, NIKHIL, NEHA]

    @pytest.mark.parametrize("sort", ["rating", "fee", "soonest"])
    def test_the_next_page_goes_on_where_this_one_ended(self, client, db, sort):
        hospital = HospitalFactory()
        made = [DoctorFactory(hospitals=[hospital], name=f"Doctor {n:02}", fee=100 + n % 3) for n in range(23)]
        for n, doctor in enumerate(made):
            rating = Decimal(n % 4) + 1 if n % 2 else None
            Doctor.objects.filter(pk=doctor.pk).update(rating=rating, rating_count=n % 2)
            workflow.relist(doctor=doctor)
        seen, address = [], f"/doctors/?sort={sort}"
        while address:
            answer = client.get(address)
            seen += names(answer)
            following = answer.context["next"]
            address = following and f"/doctors/?sort={sort}&after={following}"
        assert sorted(seen) == sorted(doctor.user.name for doctor in made)
        rows = {row.name: row for row in Listing.objects.all()}
        if sort == "rating":
            ratings = [rows[name].rating for name in seen]
            rated = [rating for rating in ratings if rating is not None]
            assert ratings == sorted(rated, reverse=True) + [None] * 12
        if sort == "fee":
            assert [rows[name].fee for name in seen] == sorted(rows[name].fee for name in seen)

    def test_a_key_of_another_order_is_the_first_page(self, client, doctors):
        for after in ("WyJ4IiwiMSJd", "W251bGwsIjEiXQ", "WyI5ZTk5OSIsIjEiXQ", "WzEsMl0"):
            for sort in ("rating", "fee", "soonest"):
                assert client.get(f"/doctors/?sort={sort}&after={after}").status_code == 200

    def test_the_order_stays_when_the_search_is_changed(self, client, doctors):
        page = client.get("/doctors/?sort=fee&video=").content.decode()
        assert '<input type="hidden" name="sort" value="fee">' in page

    def test_cards_show_the_rating_where_there_is_one(self, client, doctors):
        page = text_of(client.get("/doctors/"))
        assert "4.5 (12 reviews)" in page
        assert "4.9 (3 reviews)" in page
        assert page.count("reviews)") == 2


class TestVideo:
    @pytest.fixture
    def by_video(self, doctors):
        doctor = doctors[1]
        hospital = doctor.affiliations.get().hospital
        doctor.offers.create(visit_type=VisitType.VIDEO, minutes=20)
        rows = hours_in(hospital) + hours_in(hospital, begins=18, ends=20, video=True)
        workflow.publish(doctor=doctor, rows=rows, by=doctor.user)
        return doctor

    def test_only_those_who_offer_it_and_have_hours_for_it(self, client, by_video, doctors):
        doctors[0].offers.create(visit_type=VisitType.VIDEO, minutes=20)
        workflow.relist(doctor=doctors[0])
        assert names(client.get("/doctors/?video=yes")) == [NIKHIL]
        assert text_of(client.get("/doctors/")).count("Video visits") == 1

    def test_who_gives_up_the_hours_is_not_found_by_it(self, client, by_video):
        workflow.publish(doctor=by_video, rows=hours_in(by_video.affiliations.get().hospital), by=by_video.user)
        assert names(client.get("/doctors/?video=yes")) == []


class TestNumbers:
    def counted(self, client, query=""):
        answer = client.get(reverse("find-counts") + query)
        assert answer.status_code == 200
        return {
            re.sub(r" \(\d+\)$", "", text): int(re.search(r"\((\d+)\)$", text)[1])
            for text in re.findall(r"<option[^>]*>([^<]+\(\d+\))</option>", answer.content.decode())
        }

    def test_each_choice_says_how_many_it_would_leave(self, client, doctors):
        found = self.counted(client)
        assert (found["Neurology"], found["Cardiology"]) == (2, 2)
        assert (found["Woman doctor"], found["Man doctor"]) == (2, 2)
        assert (found["Up to ₹500.00"], found["Up to ₹800.00"], found["Up to ₹1,200.00"]) == (2, 3, 4)
        assert (found["हिन्दी"], found["By video"]) == (4, 0)

    def test_what_is_asked_for_counts(self, client, doctors):
        found = self.counted(client, "?q=pune")
        assert (found["Neurology"], found["Cardiology"], found["Woman doctor"]) == (1, 1, 0)

    def test_the_other_choices_of_a_group_are_not_all_none(self, client, doctors):
        found = self.counted(client, "?specialty=neurology&gender=female")
        assert (found["Neurology"], found["Cardiology"]) == (1, 1)
        assert (found["Woman doctor"], found["Man doctor"]) == (1, 1)
        assert found["Up to ₹800.00"] == 0

    @pytest.mark.parametrize("query", ["", "?q=pune", "?q=headache", "?specialty=neurology&gender=female", "?fee=500"])
    def test_the_number_is_what_choosing_it_gives(self, client, doctors, query):
        page = client.get(reverse("find-counts") + query).content.decode()
        for field in ("specialty", "gender", "fee", "video"):
            options = re.search(rf'<select[^>]*name="{field}">(.*?)</select>', page, re.S)[1]
            for value, n in re.findall(r'<option value="([^"]+)"[^>]*>[^<]+\((\d+)\)', options):
                search = dict(pair.split("=") for pair in query[1:].split("&") if pair)
                cache.clear()
                answer = client.get("/doctors/", {**search, field: value})
                expected = (
                    0 if "q" in search and field == "specialty" and search["q"] == "headache" else len(names(answer))
                )
                assert search.get("q") == "headache" or int(n) == expected, (field, value)

    def test_only_so_many_are_looked_at_and_it_says_so(self, client, doctors, monkeypatch):
        monkeypatch.setattr(searching, "LOOKED_AT", 3)
        answer = client.get(reverse("find-counts"))
        assert "Numbers count the 3 doctors who are free soonest." in text_of(answer)
        found = self.counted(client)
        assert found["Neurology"] + found["Cardiology"] == 3

    def test_they_are_kept_for_the_same_conditions(self, client, doctors, django_assert_num_queries):
        client.get(reverse("find-counts") + "?gender=female")
        with django_assert_num_queries(0):
            assert self.counted(client, "?gender=female&sort=fee")["Neurology"] == 1

    def test_with_everything_asked_they_cost_few_questions(self, client, doctors, django_assert_max_num_queries):
        query = "?q=shrama&city=luck&when=week&specialty=neurology&language=hi&gender=female&fee=800&video=yes"
        client.get("/doctors/")
        with django_assert_max_num_queries(12):
            self.counted(client, query)

    def test_the_page_asks_for_them_once_and_stands_without(self, client, doctors):
        page = client.get("/doctors/?gender=female").content.decode()
        assert 'hx-get="/search/doctors/counts/?gender=female"' in page
        assert "Neurology</option>" in page
        fragment = client.get(reverse("find-counts") + "?gender=female").content.decode()
        assert "hx-get" not in fragment and "<html" not in fragment

    def test_what_the_tick_has_counted_stands_for_all(self, client, doctors, monkeypatch):
        monkeypatch.setattr(searching, "LOOKED_AT", 1)
        from healthstack import tasks

        tasks.count_choices.enqueue()
        answer = client.get(reverse("find-counts"))
        assert "Numbers count" not in text_of(answer)
        assert self.counted(client)["Neurology"] == 2


class TestLeavingOut:
    def offered(self, answer):
        page = answer.content.decode()
        return {
            re.sub(r"\s+", " ", strip_tags(text)).strip(): address
            for address, text in re.findall(r'<li><a class="chip" href="([^"]+)">(.*?)</a></li>', page, re.S)
        }

    def test_each_says_how_many_there_are_without_it(self, client, doctors):
        found = self.offered(client.get("/doctors/?q=neha&city=pune&gender=female"))
        assert found == {"Pune 1 doctor".lower(): "?q=neha&amp;gender=female"} or found == {
            "pune 1 doctor": "?q=neha&amp;gender=female"
        }

    def test_what_would_not_help_is_not_offered(self, client, doctors):
        page = client.get("/doctors/?q=neha&city=pune&gender=male")
        assert self.offered(page) == {"neha 2 doctors": "?city=pune&amp;gender=male"}

    def test_where_nothing_helps_it_leads_to_all(self, client, doctors):
        answer = client.get("/doctors/?q=zzz&city=nowhere")
        assert self.offered(answer) == {}
        assert "Leaving one thing out does not help either." in text_of(answer)

    def test_it_is_one_question_however_many_conditions(self, client, doctors, django_assert_max_num_queries):
        client.get("/doctors/")
        query = "?q=neha+shrama+zzz&city=pune&when=week&specialty=cardiology&language=hi&gender=male&fee=500&video=yes"
        with django_assert_max_num_queries(6):
            client.get("/doctors/" + query)

    def test_many_are_not_counted_to_the_end(self, client, doctors, monkeypatch):
        monkeypatch.setattr(searching, "MOST", 1)
        search = searching.Search({"city": "nowhere"})
        assert searching.without_each(search) == [("city", "nowhere", 2)]


def test_a_complaint_of_a_field_without_doctors_says_so(client, doctors):
    specialty("Dermatology")
    answer = client.get("/doctors/?q=rash")
    assert "Rash: doctors for Dermatology." in text_of(answer)
    assert "Nobody fits all of that" in text_of(answer)
