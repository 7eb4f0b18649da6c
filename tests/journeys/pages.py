"""The table of every page: what it is called, its address, who opens it, and what is done on it before it is looked at."""

from dataclasses import dataclass
from operator import attrgetter

from django.urls import reverse

from tests.factories import PASSWORD
from tests.journeys import town as stage
from tests.journeys.conftest import fill, link_from_mail, send


@dataclass(frozen=True)
class Page:
    """name: of the picture. address: the name of the URL. args: attributes of the town, or plain text behind "=".

    query: may name attributes of the town in braces.
    then(page, town): what is done on the page. status: of the answer that is looked at.
    """

    name: str
    address: str
    args: tuple = ()
    query: str = ""
    then: object = None
    status: int = 200

    def url(self, town):
        args = [a[1:] if a.startswith("=") else attrgetter(a)(town) for a in self.args]
        return reverse(self.address, args=args) + self.query.format_map(vars(town))


# --- what is done on a page ------------------------------------------------------------------------------------------


def button(words, **how):
    """Press the button with these words."""
    return lambda page, town: send(page, words, **how)


def opened(words):
    """Open what these words stand on."""

    def act(page, town):
        summary = page.locator("summary", has_text=words).locator("visible=true").first
        summary.click()
        # Where a page begins, as it was laid out to be read: elsewhere the bars of a phone lie over a half of something.
        page.evaluate("scrollTo(0, 0)")

    return act


def filled(words, **fields):
    """Type into these fields, then press the button with these words."""

    def act(page, town):
        fill(page, **fields)
        send(page, words, exact=True)

    return act


def again(page, town):
    """Type in the password where a guarded page asks for it: once in a while."""
    if page.locator("[name=password]").count():
        fill(page, password=PASSWORD)
        send(page, "Continue")


def half_way(page, town):
    """Log in with the password of somebody whose second step is asked next, once."""
    if page.locator("[name=code]").count():
        return
    fill(page, login=town.secured.user.email, password=PASSWORD)
    send(page, "Log in", exact=True)


def palette(page, town):
    page.keyboard.press("Control+k")
    page.keyboard.type("neha")
    page.locator("#palette-found a").first.wait_for()


def menu(page, town):
    page.locator(".menu > summary").click()


def sign_up(page, town):
    fill(page, name="Priya Nair", email="priya@example.org", password1=PASSWORD, born_on="27 3 1994")
    page.get_by_label("I agree that").check()
    send(page, "Create account")


def choose_password(page, town):
    """Follow the link of the letter for those who forgot theirs."""
    fill(page, email=town.patient.user.email)
    send(page, "Send the link")
    page.goto(link_from_mail(town.patient.user.email))


def choose_bad_password(page, town):
    choose_password(page, town)
    fill(page, password1="password")
    send(page, "Change password")


def without_mark(page, town):
    """Send the form from a browser that has lost the mark which goes with it."""
    page.context.clear_cookies(name="csrf")
    send(page, "Log in", exact=True)


def request_visit(page):
    with page.expect_navigation():
        page.locator("#summary button, #paybar button").locator("visible=true").click()


def no_time_chosen(page, town):
    request_visit(page)


def too_late(page, town):
    """Somebody takes the time while the form is open."""
    slot = stage.free_slot(town.doctor)
    page.goto(f"{page.url}?slot={slot.room}-{slot.start}")
    fill(page, message=stage.MESSAGE[:400])
    stage.take(town.doctor, town.people[9], slot)
    request_visit(page)


def from_nowhere(page, town):
    """An act that cannot be done now, sent by a browser that does not say from which page: the answer is a page itself."""

    def silent(route):
        headers = {name: value for name, value in route.request.all_headers().items() if name != "referer"}
        route.fulfill(response=route.fetch(headers=headers, max_redirects=0))

    page.route("**/start/", silent)
    with page.expect_navigation():
        page.evaluate(
            """() => {
              const form = document.querySelector("main form[method='post']");
              form.action = location.pathname + "start/";
              form.submit();
            }"""
        )
    page.unroute("**/start/")


def over_a_visit(page, town):
    fill(page, first="2026-03-03", last="2026-03-06", note="A wedding in Agra")
    send(page, "Enter leave")


def overlapping(page, town):
    send(page, "Add hours Tuesday")
    row = page.get_by_role("group", name="Tuesday").locator(".dayrow").last
    row.get_by_label("From").fill("09:00")
    row.get_by_label("To").fill("11:00")
    send(page, "Publish hours")


def wrong_times(page, town):
    row = page.get_by_role("group", name="Monday").locator(".dayrow").first
    row.get_by_label("From").fill("09:00")
    row.get_by_label("To").fill("")
    send(page, "Publish hours")


def stranding(page, town):
    for row in page.get_by_role("group", name="Wednesday").locator(".dayrow").all():
        row.get_by_label("From").fill("")
        row.get_by_label("To").fill("")
    send(page, "Publish hours")


def on_leave(page, town):
    fill(page, first="2026-05-04", last="2026-05-08", note="A wedding in Agra and a congress in Thiruvananthapuram")
    send(page, "Enter leave")


def wrong_line(page, town):
    fill(page, diagnosis="", medicines__0__dose_quantity="", medicines__0__days="many")
    send(page, "Save and read it once more")


def looked_up(page, town):
    fill(page, medicines__1__name="prop")
    send(page, "Look up medicine 2")


def warned(page, town):
    """A medicine of the list that has what the patient must not get."""
    fill(page, medicines__1__name="Amoxicillin", medicines__1__dose_quantity="1", medicines__1__days="5")
    page.locator("[name='medicines-1-often']").select_option("1-0-1")
    page.locator("[name='medicines-1-dose_unit']").select_option("tablet")
    send(page, "Save and read it once more")


def refused_message(page, town):
    """Nothing was typed: the page puts in the form with what is wrong."""
    with page.expect_response("**/send/"):
        page.get_by_role("button", name="Send", exact=True).click()
    page.locator(".errors").wait_for()


def ticked(page, town):
    for box in page.locator("tbody input[type=checkbox]").all()[:2]:
        box.check()


# --- the table --------------------------------------------------------------------------------------------------------

VISITOR = [
    Page("home", "home"),
    Page("find", "find"),
    Page("find-neuro", "find", query="?q=neuro&city=Lucknow"),
    Page("find-filters", "find", query="?specialty=neurology&language=hi&when=week"),
    Page("find-nobody", "find", query="?q=zebra&city=Lucknow&when=today&gender=female&fee=500"),
    Page("verify", "prescriptions:verify", ("prescription.code",)),
    Page("verify-wrong", "prescriptions:verify", ("=0000000000000000",), status=404),
    Page("doctor", "doctor", ("doctor.slug",)),
    Page("doctor-hindi", "doctor", ("hindi_doctor.slug",)),
    Page("doctor-no-hours", "doctor", ("idle_doctor.slug",)),
    Page("find-complaint", "find", query="?q=chest+pain&sort=fee"),
    Page("find-slip", "find", query="?q=nuero+neurolgy&sort=rating"),
    Page("search", "search", query="?q=neha"),
    Page("palette", "home", then=palette),
    Page("hospitals", "hospitals"),
    Page("hospitals-slip", "hospitals", query="?q=hosptal&emergency=yes"),
    Page("hospitals-city", "hospitals", query="?city=Lucknow"),
    Page("hospitals-nowhere", "hospitals", query="?city=Atlantis"),
    Page("hospital", "hospital", ("hospital.slug",)),
    Page("hospital-hindi", "hospital", ("hindi_hospital.slug",)),
    Page("hospital-long", "hospital", ("long_hospital.slug",)),
    Page("login", "account_login"),
    Page("login-on-the-way", "account_login", query="?next=/doctors/dr-neha-sharma/book/"),
    Page("login-wrong", "account_login", then=filled("Log in", login="a@example.org", password="wrong"), status=422),
    Page("login-empty", "account_login", then=button("Log in", exact=True), status=422),
    Page("csrf", "account_login", then=without_mark, status=403),
    Page("claim", "account_claim"),
    Page("claim-empty", "account_claim", then=button("Take over my record"), status=422),
    Page("signup", "account_signup"),
    Page("signup-empty", "account_signup", then=button("Create account"), status=422),
    Page("signup-doctor", "account_signup_doctor"),
    Page("signup-doctor-empty", "account_signup_doctor", then=button("Create account"), status=422),
    Page("invitation", "hospitals:invitation", ("token",)),
    Page("code", "account_signup", then=sign_up),
    Page("code-wrong", "account_email_verification_sent", then=filled("Confirm", code="BBBB-BBBB"), status=422),
    Page("reset", "account_reset_password"),
    Page("reset-empty", "account_reset_password", then=button("Send the link"), status=422),
    Page("reset-sent", "account_reset_password_done"),
    Page("reset-choose", "account_reset_password", then=choose_password),
    Page("reset-choose-bad", "account_reset_password", then=choose_bad_password, status=422),
    Page("reset-used", "account_reset_password_from_key", ("=1", "=set-password")),
    Page("reset-changed", "account_reset_password_from_key_done"),
    Page("closed-account", "account_inactive"),
    Page("logged-out", "account_login", query="?idle=1"),
    Page("tests", "laboratory:tests"),
    Page("tests-nothing", "laboratory:tests", query="?q=zebra"),
    Page("test", "laboratory:test", ("=sugar",)),
    Page("privacy", "leaflet", ("=privacy",)),
    Page("help", "leaflet", ("=help",)),
    Page("mails", "mails"),
    Page("mails-nobody", "mails", query="?to=nobody@example.org"),
    Page("404", "doctor", ("=dr-nobody",), status=404),
]

PATIENT = [
    Page("dashboard", "dashboard"),
    Page("menu", "dashboard", then=menu),
    Page("find", "find"),
    Page("book", "appointments:book", ("doctor.slug",)),
    Page("book-instant", "appointments:book", ("instant_doctor.slug",)),
    Page("book-full-week", "appointments:book", ("hindi_doctor.slug",)),
    Page("book-full-day", "appointments:book", ("hindi_doctor.slug",), query="?day=2026-03-06"),
    Page("book-no-time", "appointments:book", ("doctor.slug",), then=no_time_chosen, status=422),
    Page("book-lost", "appointments:book", ("doctor.slug",), then=too_late, status=409),
    Page("appointments", "appointments:index"),
    Page("appointments-past", "appointments:index", query="?show=past"),
    Page("visit-requested", "visit", ("requested.pk",)),
    Page("visit-cancel", "visit", ("requested.pk",), then=opened("Cancel the visit")),
    Page("reschedule", "appointments:reschedule", ("confirmed.pk",)),
    Page("reschedule-none-chosen", "appointments:reschedule", ("confirmed.pk",), then=no_time_chosen, status=422),
    Page("reschedule-closed", "appointments:reschedule", ("cancelled.pk",)),
    Page("write-review", "appointments:write_review", ("seen_before.pk",)),
    Page("write-review-empty", "appointments:write_review", ("seen_before.pk",), then=button("Publish"), status=422),
    Page("visit-confirmed", "visit", ("confirmed.pk",)),
    Page("visit-seen", "visit", ("seen_before.pk",)),
    Page("visit-declined", "visit", ("declined.pk",)),
    Page("visit-expired", "visit", ("expired.pk",)),
    Page("visit-cancelled", "visit", ("cancelled.pk",)),
    Page("visit-missed", "visit", ("missed.pk",)),
    Page("invoices", "billing:index"),
    Page("invoice", "billing:detail", ("owed.pk",)),
    Page("invoice-paid", "billing:detail", ("of_seen.pk",)),
    Page("invoice-long", "billing:detail", ("long_invoice.pk",)),
    Page("invoice-given-back", "billing:detail", ("given_back.pk",)),
    Page("pay", "billing:pay", ("owed.pk",)),
    Page("pay-nothing-due", "billing:pay", ("of_seen.pk",)),
    Page("pay-leave", "billing:pay", ("owed.pk",), then=button("Go on")),
    Page("bank", "billing:bank", ("waiting_attempt.pk",)),
    Page("paying", "billing:paying", ("waiting_attempt.pk",)),
    Page("paying-failed", "billing:paying", ("failed_attempt.pk",)),
    Page("record", "record"),
    Page("record-corrected", "record", then=opened("Marked as wrong")),
    Page("details", "patients:update_profile"),
    Page("details-wrong", "patients:update_profile", then=filled("Save details", name="", born_on="never"), status=422),
    Page("allergy", "patients:list_allergy"),
    Page("allergy-empty", "patients:list_allergy", then=button("Add allergy"), status=422),
    Page("allergy-twice", "patients:list_allergy", then=filled("Add allergy", substance="Latex"), status=409),
    Page("allergy-wrong", "patients:correct_allergy", ("allergy.pk",)),
    Page("allergy-wrong-why", "patients:correct_allergy", ("allergy.pk",), then=button("Mark as wrong"), status=422),
    Page("condition", "patients:list_condition", ("patient.pk",), query="?q=zebra"),
    Page("condition-empty", "patients:list_condition", ("patient.pk",), then=button("Add condition"), status=422),
    Page("vitals", "patients:vitals", ("patient.pk",)),
    Page("vitals-odd", "patients:take_vitals", ("patient.pk",), then=filled("Save values", pulse="190"), status=409),
    Page("vaccination", "patients:list_immunization", ("patient.pk",), then=button("Add vaccination"), status=422),
    Page("document", "patients:keep_document", ("patient.pk",), then=button("Add document"), status=422),
    Page("line-wrong", "patients:mark_wrong", ("=condition", "condition.pk"), then=button("Mark as wrong"), status=422),
    Page("note", "appointments:note", ("seen_before.pk",)),
    Page("access", "record-access"),
    Page("access-end", "record-access", then=opened("End access")),
    Page("reports", "laboratory:index"),
    Page("report", "laboratory:report", ("lab.at_work.pk",)),
    Page("report-ordered", "laboratory:report", ("lab.order.pk",)),
    Page("trend", "laboratory:trend", ("patient.pk", "=colour")),
    Page("prescriptions", "prescriptions:index"),
    Page("prescription", "prescriptions:detail", ("prescription.pk",)),
    Page("chats", "chat:index"),
    Page("chat", "chat:detail", ("chat.pk",)),
    Page("chat-earlier", "chat:detail", ("chat.pk",), query="?before=2"),
    Page("chat-empty", "chat:detail", ("chat.pk",), then=refused_message),
    Page("chat-closed", "chat:detail", ("closed_chat.pk",)),
    Page("inbox", "accounts:inbox"),
    Page("letters", "accounts:choose_letters"),
    Page("profile", "accounts:profile"),
    Page("profile-wrong", "accounts:profile", then=filled("Save profile", name=""), status=422),
    Page("sessions", "accounts:sessions"),
    Page("two-step", "mfa_index"),
    Page("two-step-app", "mfa_activate_totp", then=again),
    Page("two-step-passkey", "mfa_add_webauthn", then=again),
    Page("password", "account_change_password"),
    Page("password-empty", "account_change_password", then=button("Change password"), status=422),
    Page("password-again", "account_reauthenticate"),
    Page("address", "change-email"),
    Page("address-empty", "change-email", then=button("Send the code"), status=422),
    Page(
        "address-code",
        "change-email",
        then=filled("Send the code", email="asha.verma.of.lucknow@example.org", password=PASSWORD),
    ),
    Page("address-code-wrong", "confirm-email", then=filled("Change my address", code="BBBB-BBBB"), status=422),
    Page("join-doctor", "account_signup_doctor"),
    Page("join-doctor-empty", "account_signup_doctor", then=button("Join as a doctor", exact=True), status=422),
    Page("logout", "account_logout"),
    Page("403", "appointments:schedule", status=403),
    Page("404", "visit", ("=01890000-0000-7000-8000-000000000000",), status=404),
]

DOCTOR = [
    Page("dashboard", "dashboard"),
    Page("dashboard-decline", "dashboard", then=opened("Decline")),
    Page("menu", "dashboard", then=menu),
    Page("day", "appointments:day"),
    Page("day-tomorrow", "appointments:day", query="?day=2026-03-03"),
    Page("day-empty", "appointments:day", query="?day=2026-04-03"),
    Page("chats", "chat:index"),
    Page("chat", "chat:detail", ("chat.pk",)),
    Page("requests", "appointments:requests"),
    Page("requests-none-ticked", "appointments:requests", then=button("Approve the ticked"), status=422),
    Page("reschedule", "appointments:reschedule", ("confirmed.pk",)),
    Page("reviews", "appointments:reviews"),
    Page("reviews-answer", "appointments:reviews", then=opened("Answer")),
    Page("join-patient", "account_signup"),
    Page("join-patient-empty", "account_signup", then=button("Become a patient", exact=True), status=422),
    Page("explain", "appointments:explain"),
    Page(
        "explain-answer",
        "appointments:explain",
        query="?doctor={doctor.pk}&visit_type=check_up&day=2026-03-02&time=03%3A10",
    ),
    Page("overbook", "appointments:overbook"),
    Page("overbook-empty", "appointments:overbook", then=button("Book over"), status=422),
    Page("visit-offer", "visit", ("requested.pk",), query="?offer=1"),
    Page("visit-requested", "visit", ("requested.pk",)),
    Page("visit-confirmed", "visit", ("confirmed.pk",)),
    Page("visit-waiting", "visit", ("waiting.pk",)),
    Page("visit-inside", "visit", ("inside.pk",)),
    Page("visit-seen", "visit", ("seen_before.pk",)),
    Page("visit-declined", "visit", ("declined.pk",)),
    Page("409", "visit", ("requested.pk",), then=from_nowhere, status=409),
    Page("draft", "prescriptions:draft", ("inside.pk",)),
    Page("draft-one-more", "prescriptions:draft", ("inside.pk",), then=button("Add a medicine")),
    Page("draft-wrong", "prescriptions:draft", ("inside.pk",), then=wrong_line, status=422),
    Page("prescription-draft", "prescriptions:detail", ("draft.pk",)),
    Page("prescription", "prescriptions:detail", ("prescription.pk",)),
    Page("prescription-withdraw", "prescriptions:detail", ("prescription.pk",), then=opened("Withdraw")),
    Page("draft-looked-up", "prescriptions:draft", ("inside.pk",), then=looked_up),
    Page("draft-warned", "prescriptions:draft", ("inside.pk",), then=warned, status=409),
    Page("prescriptions", "prescriptions:written"),
    Page("patients", "patients"),
    Page("patients-none", "patients", query="?q=zebra"),
    Page("tests", "laboratory:place", ("patient.pk",)),
    Page("tests-none-ticked", "laboratory:place", ("patient.pk",), then=button("Order tests"), status=422),
    Page("report-cancel", "laboratory:report", ("lab.order.pk",), then=button("Cancel the order"), status=422),
    Page("patient", "patient", ("patient.pk",)),
    Page("patient-timeline", "patient-timeline", ("patient.pk",)),
    Page("condition-change", "patients:update_condition", ("condition.pk",)),
    Page("note-write", "appointments:write_note", ("inside.pk",), then=button("Save and read"), status=422),
    Page("note-amend", "appointments:amend_note", ("seen_before.pk",)),
    Page("schedule", "appointments:schedule"),
    Page("schedule-wrong", "appointments:schedule", then=wrong_times, status=422),
    Page("schedule-overlap", "appointments:schedule", then=overlapping, status=409),
    Page("schedule-leave-refused", "appointments:schedule", then=over_a_visit, status=409),
    Page("schedule-leave-empty", "appointments:schedule", then=button("Enter leave"), status=422),
    Page("schedule-leave", "appointments:schedule", then=on_leave),
    Page("schedule-stranded", "appointments:schedule", then=stranding, status=409),
    Page("schedule-copy", "appointments:schedule", then=opened("Copy to other days")),
    Page("schedule-more", "appointments:schedule", then=opened("More")),
    Page("schedule-extra", "appointments:schedule", then=button("Add extra hours")),
    Page("inbox", "accounts:inbox"),
]

PENDING = [
    Page("dashboard", "dashboard"),
    Page("schedule", "appointments:schedule"),
    Page("verification", "doctors:verification"),
    Page("document-empty", "doctors:send_document", then=button("Add document"), status=422),
    Page("own-page", "doctors:page"),
    Page("own-page-wrong", "doctors:page", then=filled("Save my page", fee="-1", days_ahead="0"), status=422),
    Page("hospitals", "doctors:hospitals"),
    Page("hospitals-nobody", "doctors:hospitals", query="?q=atlantis"),
]
PENDING_FULL = [
    *PENDING,
    Page("document-replace", "doctors:replace_document", ("document.pk",)),
    Page("hospitals-found", "doctors:hospitals", query="?q=clinic"),
    Page("apply", "doctors:apply", ("long_hospital.slug",)),
    Page("register", "hospitals:register"),
    Page("register-empty", "hospitals:register", then=button("Register hospital"), status=422),
    Page("ask-administrator", "hospitals:ask_administrator", ("hospital.slug",)),
]
RUN = [
    Page("details", "hospitals:details", ("hospital.slug",)),
    Page("details-wrong", "hospitals:details", ("hospital.slug",), then=filled("Save details", beds="-1"), status=422),
    Page("photo", "hospitals:set_photo", ("hospital.slug",)),
    Page("fees", "hospitals:fees", ("hospital.slug",)),
    Page("prices", "laboratory:prices", ("hospital.slug",)),
    Page("parts", "hospitals:parts", ("hospital.slug",)),
    Page("parts-empty", "hospitals:parts", ("hospital.slug",), then=button("Add service"), status=422),
    Page("opening", "hospitals:opening", ("hospital.slug",)),
    Page("closure-empty", "hospitals:opening", ("hospital.slug",), then=button("Add the day"), status=422),
    Page("staff", "hospitals:staff", ("hospital.slug",)),
    Page("staff-empty", "hospitals:staff", ("hospital.slug",), then=button("Send invitation"), status=422),
    Page("doctors", "doctors:of_hospital", ("hospital.slug",)),
    Page("stranded", "hospital-stranded", ("hospital.slug",)),
]
RUN_FULL = [
    *RUN,
    Page("stranded-empty", "hospital-stranded", ("hospital.slug",), then=button("Do it and tell"), status=422),
    Page("rename", "hospitals:rename_department", ("hospital.slug", "department.pk")),
    Page("reassign", "doctors:reassign", ("hospital.slug", "affiliation.pk")),
    Page("end-affiliation", "hospital-end-affiliation", ("hospital.slug", "affiliation.pk")),
    Page("accept", "doctors:accept", ("application.pk",)),
    Page("decline-empty", "doctors:decline", ("application.pk",), then=button("Decline"), status=422),
    Page("invitation-wrong-person", "hospitals:invitation", ("token",)),
]

HOSPITAL_ADMIN = [
    Page("dashboard", "dashboard"),
    Page("appointments", "appointments:hospital"),
    Page("appointments-empty", "appointments:hospital", query="?day=2026-04-03"),
    Page("visit", "visit", ("confirmed.pk",)),
    Page("invoices", "billing:desk", query="?show=all"),
    Page("invoice-less", "billing:detail", ("owed.pk",), then=opened("Take a part off")),
    Page("takings", "billing:takings"),
    Page("takings-backwards", "billing:takings", query="?begins=2026-03-03&ends=2026-03-01", status=422),
]

HATS = [
    *(Page(f"dashboard-{role}", "dashboard", query=f"?as={role}") for role in ("doctor", "patient", "hospital")),
    Page("menu", "dashboard", then=menu),
    Page("dashboard-switched", "dashboard", then=button("Patient", exact=True)),
]


def panel(model, *, change="", more=()):
    """The pages of one list of the panel."""
    name = model.rpartition("_")[2]
    pages = [Page(f"panel-{name}s", f"admin:{model}_changelist")]
    if change:
        pages += [
            Page(f"panel-{name}", f"admin:{model}_change", (change,)),
            Page(f"panel-{name}-history", f"admin:{model}_history", (change,)),
        ]
    return [*pages, *more]


ADMINISTRATOR = [
    Page("panel", "admin:index"),
    *panel(
        "doctors_doctor",
        change="doctor.pk",
        more=(
            Page("panel-doctors-found", "admin:doctors_doctor_changelist", query="?q=Meera"),
            Page("panel-doctors-nobody", "admin:doctors_doctor_changelist", query="?q=zebra"),
            Page("panel-doctor-new", "admin:doctors_doctor_add"),
            Page(
                "panel-doctor-new-empty", "admin:doctors_doctor_add", then=button("Add doctor", exact=True), status=422
            ),
            Page("panel-doctors-ticked", "admin:doctors_doctor_changelist", then=ticked),
            Page("panel-doctor-suspend", "admin:doctors_doctor_suspend", query="?pick={doctor.pk}"),
            Page("panel-doctor-ask", "admin:doctors_doctor_ask_more", query="?pick={pending.pk}"),
            Page("panel-doctor-reject", "admin:doctors_doctor_reject", query="?pick={pending.pk}"),
            Page(
                "panel-doctor-suspend-why",
                "admin:doctors_doctor_suspend",
                query="?pick={doctor.pk}",
                then=button("Suspend"),
                status=422,
            ),
            Page("panel-doctor-pending", "admin:doctors_doctor_change", ("pending.pk",)),
            Page("panel-doctor-suspended", "admin:doctors_doctor_change", ("suspended.pk",)),
        ),
    ),
    *panel(
        "hospitals_hospital",
        change="long_hospital.pk",
        more=(
            Page("panel-hospital-new", "admin:hospitals_hospital_add"),
            Page("panel-hospital-new-empty", "admin:hospitals_hospital_add", then=button("Add hospital"), status=422),
            Page("panel-hospital-suspend", "admin:hospitals_hospital_suspend", query="?pick={hospital.pk}"),
            Page("panel-hospital-checked", "admin:hospitals_hospital_change", ("waiting_hospital.pk",)),
            Page("panel-hospital-ask", "admin:hospitals_hospital_ask_more", query="?pick={waiting_hospital.pk}"),
            Page("panel-hospital-reject", "admin:hospitals_hospital_reject", query="?pick={waiting_hospital.pk}"),
            Page("panel-hospital-suspended", "admin:hospitals_hospital_change", ("suspended_hospital.pk",)),
            Page("panel-hospital-staff", "admin:hospitals_hospital_change", ("hospital.pk",)),
        ),
    ),
    *panel(
        "accounts_user",
        change="doctor.user.pk",
        more=(
            Page("panel-user-close", "admin:accounts_user_disable", query="?pick={patient.user.pk}"),
            Page("panel-user-closed", "admin:accounts_user_change", ("closed.pk",)),
            Page("panel-user-own", "admin:accounts_user_change", ("administrator.pk",)),
        ),
    ),
    *panel(
        "auth_group",
        change="group.pk",
        more=(
            Page("panel-group-new", "admin:auth_group_add"),
            Page("panel-group-builtin", "admin:auth_group_change", ("builtin.pk",)),
            Page("panel-group-delete", "admin:auth_group_delete", ("group.pk",)),
        ),
    ),
    *panel("accounts_auditentry", change="entry.pk"),
    *panel("accounts_mail", change="mail.pk"),
    *panel(
        "doctors_specialty", change="specialty.pk", more=(Page("panel-specialty-new", "admin:doctors_specialty_add"),)
    ),
    *panel("doctors_language", change="language.pk", more=(Page("panel-language-new", "admin:doctors_language_add"),)),
    *panel("accounts_leaflet", change="leaflet.pk", more=(Page("panel-leaflet-new", "admin:accounts_leaflet_add"),)),
    *panel(
        "appointments_review",
        change="review.pk",
        more=(Page("panel-review-hide", "admin:appointments_review_hide", query="?pick={review.pk}"),),
    ),
    Page("panel-user-log-out", "admin:accounts_user_end_sessions", query="?pick={patient.user.pk}"),
    Page("panel-user-second-step", "admin:accounts_user_reset_second_step", query="?pick={secured.user.pk}"),
    Page("panel-directories", "admin:hospitals_directoryimport_changelist"),
    Page("panel-directory-new", "admin:hospitals_directoryimport_add"),
    Page("panel-directory-checked", "admin:hospitals_directoryimport_change", ("directory.pk",)),
    Page("panel-directory-refused", "admin:hospitals_directoryimport_change", ("bad_directory.pk",)),
    Page("panel-directory-history", "admin:hospitals_directoryimport_history", ("directory.pk",)),
    Page("panel-404", "admin:doctors_doctor_change", ("=999999",), status=404),
    Page("dashboard", "dashboard"),
]

EMPTY_VISITOR = [
    Page("home", "home"),
    Page("find", "find"),
    Page("hospitals", "hospitals"),
    Page("mails", "mails"),
]
EMPTY_PATIENT = [
    Page("dashboard", "dashboard"),
    Page("children", "patients:dependants"),
    Page("claim", "account_claim"),
    Page("find", "find"),
    Page("hospital", "hospital", ("hospital.slug",)),
    Page("appointments", "appointments:index"),
    Page("appointments-past", "appointments:index", query="?show=past"),
    Page("record", "record"),
    Page("access", "record-access"),
    Page("prescriptions", "prescriptions:index"),
    Page("invoices", "billing:index"),
    Page("inbox", "accounts:inbox"),
]
EMPTY_DOCTOR = [
    Page("dashboard", "dashboard"),
    Page("day", "appointments:day"),
    Page("requests", "appointments:requests"),
    Page("patients", "patients"),
    Page("prescriptions", "prescriptions:written"),
    Page("schedule", "appointments:schedule"),
]
EMPTY_ADMINISTRATOR = [
    Page("panel", "admin:index"),
    Page("panel-doctors", "admin:doctors_doctor_changelist"),
    Page("panel-hospitals", "admin:hospitals_hospital_changelist"),
    Page("panel-mails", "admin:accounts_mail_changelist"),
    Page("panel-audit", "admin:accounts_auditentry_changelist"),
    Page("panel-specialties", "admin:doctors_specialty_changelist"),
]

# {who: (the town, the attribute of the town that is this person, the pages)}
GUARDIAN = [
    Page("dashboard", "dashboard"),
    Page("children", "patients:dependants"),
    Page("add-child", "patients:add_dependant"),
    Page("add-child-empty", "patients:add_dependant", then=button("Add child"), status=422),
    Page(
        "add-child-twice",
        "patients:add_dependant",
        then=filled("Add child", name="Kiran Maurya", born_on="20 3 2008"),
        status=409,
    ),
    Page("child", "record-of", ("child.pk",)),
    Page("child-give-up", "record-of", ("child.pk",), then=opened("Stop speaking for this child")),
    Page("child-access", "record-access-of", ("child.pk",)),
    Page("child-details", "patients:update_profile-of", ("child.pk",)),
    Page("child-allergy", "patients:list_allergy-of", ("child.pk",)),
    Page("child-code", "patients:invite", ("nearly.pk",), then=button("Make the code")),
    Page("child-code-too-early", "patients:invite", ("child.pk",), then=button("Make the code"), status=409),
    Page("book-for-child", "appointments:book", ("doctor.slug",), query="?who={child.pk}"),
    Page("visits", "appointments:index"),
    Page("visit-of-child", "visit", ("of_child.pk",)),
]
RECEPTION = [
    Page("day", "reception"),
    Page("day-everything", "reception-at", ("hospital.slug",), query="?show=all"),
    Page("day-more", "reception", then=opened("More")),
    Page("day-of-doctor", "reception", query="?doctor={doctor.slug}&day=2026-03-04"),
    Page("paper", "reception-day", ("hospital.slug",)),
    Page("patients", "reception-patients", ("hospital.slug",)),
    Page("patients-found", "reception-patients", ("hospital.slug",), query="?q=1+1+1960"),
    Page("patients-nobody", "reception-patients", ("hospital.slug",), query="?q=zebra"),
    Page("patient", "reception-patient", ("hospital.slug", "walk_in.pk")),
    Page("register", "reception-register", ("hospital.slug",)),
    Page("register-empty", "reception-register", ("hospital.slug",), then=button("Register and book"), status=422),
    Page(
        "register-twin",
        "reception-register",
        ("hospital.slug",),
        then=filled("Register and book", name="Somebody", born_on="1960", phone="98390 12345"),
        status=409,
    ),
    Page("book", "reception-book", ("hospital.slug", "walk_in.pk")),
    Page("overbook", "reception-overbook", ("hospital.slug", "walk_in.pk")),
    Page(
        "overbook-empty",
        "reception-overbook",
        ("hospital.slug", "walk_in.pk"),
        then=button("Ask the doctor"),
        status=422,
    ),
    Page("book-no-time", "reception-book", ("hospital.slug", "walk_in.pk"), then=no_time_chosen, status=422),
    Page("code", "patients:invite", ("walk_in.pk",)),
    Page("code-shown", "patients:invite", ("walk_in.pk",), then=button("Make the code")),
    Page("visit", "visit", ("confirmed.pk",)),
    Page("claim-own", "account_claim"),
    Page("invoices", "billing:desk"),
    Page("invoices-nobody", "billing:desk", query="?q=zebra"),
    Page("invoice", "billing:detail", ("owed.pk",)),
    Page(
        "invoice-too-much", "billing:detail", ("owed.pk",), then=filled("Take the payment", amount="999999"), status=409
    ),
    Page("invoice-to-give-back", "billing:detail", ("given_back.pk",)),
]
TECHNICIAN = [
    Page("queue", "laboratory:orders"),
    Page("queue-empty", "laboratory:orders", query="?show=verify"),
    Page("order", "laboratory:order", ("lab.order.pk",)),
    Page("at-work", "laboratory:order", ("lab.at_work.pk",)),
    Page("reject", "laboratory:order", ("lab.at_work.pk",), then=opened("Reject")),
    Page("results-wrong", "laboratory:order", ("lab.at_work.pk",), then=filled("Save results", text_2="x"), status=409),
    Page("label", "laboratory:label", ("lab.specimen.pk",)),
    Page("amend", "laboratory:amend", ("lab.released.pk",)),
    Page("amend-empty", "laboratory:amend", ("lab.released.pk",), then=button("Enter the amended"), status=422),
    Page("report", "laboratory:report", ("lab.at_work.pk",)),
]
EMPTY_RECEPTION = [
    Page("day", "reception"),
    Page("paper", "reception-day", ("hospital.slug",)),
    Page("patients", "reception-patients", ("hospital.slug",)),
]
# Somebody who has a second step.
SECURED = [
    Page("two-step", "mfa_index"),
    Page("two-step-remove", "mfa_deactivate_totp", then=again),
    Page("two-step-codes", "mfa_view_recovery_codes", then=again),
    Page("two-step-codes-new", "mfa_generate_recovery_codes", then=again),
    Page("two-step-passkey-remove", "mfa_remove_webauthn", ("passkey.pk",), then=again),
]
WHO = {
    "visitor": (stage.full, None, [*VISITOR, Page("log-in-second-step", "mfa_authenticate", then=half_way)]),
    "secured": (stage.full, "secured", SECURED),
    "patient": (stage.full, "patient", PATIENT),
    "doctor": (stage.full, "doctor", DOCTOR),
    "pending": (stage.full, "pending", PENDING_FULL),
    "suspended": (stage.full, "suspended", PENDING[:1]),
    "guardian": (stage.full, "guardian", GUARDIAN),
    "hospital": (stage.full, "hospital_admin", [*HOSPITAL_ADMIN, *RUN_FULL]),
    "reception": (stage.full, "receptionist", RECEPTION),
    "technician": (stage.full, "technician", TECHNICIAN),
    "many-hats": (stage.full, "hats", HATS),
    "administrator": (stage.full, "administrator", ADMINISTRATOR),
    "empty-visitor": (stage.deserted, None, EMPTY_VISITOR),
    "empty-administrator": (stage.deserted, "administrator", EMPTY_ADMINISTRATOR),
    "empty-patient": (stage.empty, "patient", EMPTY_PATIENT),
    "empty-doctor": (stage.empty, "doctor", EMPTY_DOCTOR),
    "empty-pending": (stage.empty, "pending", PENDING),
    "empty-reception": (stage.empty, "receptionist", EMPTY_RECEPTION),
    "empty-hospital": (stage.empty, "hospital_admin", [*HOSPITAL_ADMIN[:2], *RUN]),
    "no-role": (stage.empty, "nobody", [Page("dashboard", "dashboard")]),
}
