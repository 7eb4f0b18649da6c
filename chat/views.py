"""HTTP of conversations."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from chat import workflow
from chat.forms import number, typed
from chat.models import Conversation, Message
from chat.room import Room
from doctors.models import Doctor
from healthstack.lib.forms import attempt
from healthstack.lib.paging import page_by_key
from healthstack.lib.uploads import answer
from patients.models import Patient


def _listed(request):
    rows = Conversation.objects.visible_to(request.user).with_people().with_unread(request.user).with_last()
    return page_by_key(rows, ("last_at", "id"), after=request.GET.get("after", ""), descending=True, size=15)


@permission_required("chat.read_conversation", raise_exception=True)
@require_safe
def index(request):
    return render(request, "chat/index.html", {"page": _listed(request)})


def _mine(request, pk):
    rows = Conversation.objects.visible_to(request.user).with_people().with_unread(request.user)
    return get_object_or_404(rows, pk=pk)


@permission_required("chat.read_conversation", raise_exception=True)
@require_safe
def detail(request, pk):
    """A conversation. Asked by the open page with ?seen=: what came since, or 204."""
    conversation = _mine(request, pk)
    seen = number(request.GET.get("seen"))
    if request.htmx and seen is not None:
        return _news(request, conversation, seen)
    room = Room(conversation, request.user, before=number(request.GET.get("before")))
    if request.htmx and room.before:
        return render(request, "chat/_lines.html", {"room": room})
    return render(request, "chat/detail.html", {"room": room, "page": _listed(request)})


def _news(request, conversation, seen):
    room, read_before = Room(conversation, request.user, after=seen), number(request.GET.get("read")) or 0
    if not room.lines and room.read_by_other <= read_before:
        return HttpResponse(status=204)
    return render(request, "chat/_news.html", {"room": room, "newly_read": room.newly_read(read_before)})


@permission_required("chat.begin_conversation", raise_exception=True)
@require_POST
def begin(request, patient, doctor):
    """By whoever speaks for the patient, or by the doctor; between others there is nothing to begin."""
    own, treated = Patient.objects.as_patient(request.user), Patient.objects.all()
    doctor = get_object_or_404(Doctor.objects.select_related("user"), slug=doctor)
    rows = treated if doctor.user_id == request.user.pk else own
    patient = get_object_or_404(rows, pk=patient)
    return redirect(workflow.begin(patient=patient, doctor=doctor, by=request.user))


@permission_required("chat.send_message", raise_exception=True)
@require_POST
def send(request, pk):
    conversation = _mine(request, pk)
    form = typed(request.POST, request.FILES)
    facts = {"conversation": conversation, "by": request.user}
    status = attempt(
        form,
        lambda data: workflow.send(**facts, client_id=data["client_id"], text=data["text"], upload=data["file"]),
    )
    if status is None and not request.htmx:
        return redirect(f"{conversation.get_absolute_url()}#end")
    return _sent(request, conversation, form, status)


def _sent(request, conversation, form, status):
    """What an open page puts in: the new lines with an empty form, or the form as it was, with what is wrong."""
    if status is None:
        room = Room(conversation, request.user, after=number(request.POST.get("seen")) or 0)
        newly = room.newly_read(number(request.POST.get("read")) or 0)
        return render(request, "chat/_news.html", {"room": room, "newly_read": newly, "sent": True})
    room = Room(conversation, request.user, form=form)
    if request.htmx:
        response = render(request, "chat/_composer.html", {"room": room}, status=status)
        response["HX-Retarget"], response["HX-Reswap"] = "#composer", "outerHTML"
        return response
    return render(request, "chat/detail.html", {"room": room, "form": form, "page": _listed(request)}, status=status)


@permission_required("chat.read_conversation", raise_exception=True)
@require_POST
def read(request, pk):
    conversation = _mine(request, pk)
    workflow.read(conversation=conversation, to=number(request.POST.get("seen")) or 0, by=request.user)
    if request.htmx:
        return HttpResponse(status=204)
    messages.success(request, _("Marked as read."))
    return redirect(conversation)


@permission_required("chat.read_conversation", raise_exception=True)
@require_safe
def file(request, pk):
    """A picture or a paper of a conversation, for the two sides of it."""
    message = get_object_or_404(
        Message.objects.visible_to(request.user).exclude(file=None).select_related("file"), pk=pk
    )
    return answer(message.file, small="small" in request.GET, inline="look" in request.GET)
