"""What patients and doctors of the demo write to each other after a visit."""

from datetime import timedelta

from django.db.models import Q

from appointments.models import Appointment
from chat import workflow as chat
from chat.models import Conversation
from healthstack.demo.doctors import HOUSE_NEUROLOGIST
from healthstack.demo.patients import PATIENT
from healthstack.demo.town import chance
from healthstack.lib import clock

PATIENT_SAYS, DOCTOR_SAYS = "patient", "doctor"
# (who, minutes after what was said before, the words). The last ones are not read yet.
TALKS = (
    (
        (
            PATIENT_SAYS,
            0,
            "Good morning, doctor. I forgot to ask: do I take the evening tablet before or after dinner?",
        ),
        (DOCTOR_SAYS, 95, "After dinner, with a glass of water."),
        (PATIENT_SAYS, 12, "Thank you. I am a little sleepy in the morning since I take it. Is that usual?"),
        (DOCTOR_SAYS, 40, "In the first week, yes. If it is not better by next Monday, write to me again."),
        (PATIENT_SAYS, 1380, "It is better already. Only the headache came back once, yesterday for an hour."),
        (
            DOCTOR_SAYS,
            130,
            "Good. Write down when it comes and how long it lasts, and bring the list to the next visit.",
        ),
    ),
    (
        (PATIENT_SAYS, 0, "नमस्ते डॉक्टर, क्या मैं दवा के साथ चाय पी सकती हूँ?"),
        (DOCTOR_SAYS, 60, "हाँ, लेकिन दवा और चाय के बीच आधा घंटा रखिए।"),
        (PATIENT_SAYS, 8, "धन्यवाद।"),
    ),
    (
        (PATIENT_SAYS, 0, "The chemist has the same tablet by another maker. Can I take that one?"),
        (DOCTOR_SAYS, 210, "Yes, if it says the same name and the same strength on the box."),
        (PATIENT_SAYS, 35, "It does. One more thing: I shall be in Kanpur next week. May I have the blood test there?"),
    ),
    (
        (DOCTOR_SAYS, 0, "How is the dizziness since you rise slowly?"),
        (PATIENT_SAYS, 310, "Much better. Twice this week, and shorter than before."),
    ),
)


def talk(town, calendar):
    """The house neurologist's latest patients, and patient@ with the doctors seen, have written to each other."""
    house, person = town.doctors[HOUSE_NEUROLOGIST], town.patients[PATIENT]
    seen = Appointment.objects.filter(Q(doctor=house) | Q(patient=person), state="completed")
    seen = seen.exclude(patient__user=None).filter(completed_at__gt=calendar.at(-14), completed_at__lt=calendar.at(-2))
    done = set()
    for visit in seen.order_by("-completed_at", "pk").select_related("patient__user", "doctor__user"):
        pair = (visit.patient_id, visit.doctor_id)
        if pair in done or (len(done) >= len(TALKS) * 2 and visit.patient_id != person.pk):
            continue
        done.add(pair)
        _talk(visit, TALKS[(len(done) - 1) % len(TALKS)], calendar)


def _talk(visit, words, calendar):
    row = Conversation.objects.get(patient=visit.patient_id, doctor=visit.doctor_id)
    dice = chance("chat", visit.patient_id.int, visit.doctor_id)
    # The next morning, so that nobody writes at night.
    moment = calendar.at(calendar.offset(visit.completed_at) + 1, 9, dice.randrange(60))
    for n, (who, after, text) in enumerate(words, 1):
        moment += timedelta(minutes=after)
        if moment > calendar.now:
            return
        by = visit.patient.user if who == PATIENT_SAYS else visit.doctor.user
        with clock.at(moment):
            chat.send(conversation=row, client_id=f"demo-{n:06}", text=text, by=by)
        if n < len(words):
            reader = visit.doctor.user if who == PATIENT_SAYS else visit.patient.user
            with clock.at(moment + timedelta(minutes=5)):
                chat.read(conversation=row, to=n, by=reader)
