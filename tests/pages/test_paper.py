"""What the printer leaves out, and who stands on the page of access by which name."""

import re


def test_what_can_be_done_about_a_visit_is_not_printed(sign_in, confirmed, patient, doctor):
    for person, heading in ((patient, "Cannot come?"), (doctor, "Call the visit off")):
        page = sign_in(person).get(confirmed.get_absolute_url()).content.decode()
        section = page[page.rindex("<section", 0, page.index(heading)) :]
        assert re.match(r'<section class="[^"]*\bnoprint\b', section)


def test_doctors_are_called_doctors_on_the_page_of_access(sign_in, confirmed, patient, doctor):
    sign_in(doctor).get(f"/patients/{patient.pk}/")
    page = sign_in(patient).get("/record/access/").content.decode()
    main = page[page.index("<main") :]
    assert main.count("Dr Neha Sharma") == main.count("Neha Sharma") >= 3
