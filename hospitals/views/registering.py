"""HTTP of registering a hospital, and of asking for one that is here."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from healthstack.lib.forms import attempt, posted
from hospitals import forms, workflow
from hospitals.models import Hospital
from hospitals.views.door import may_register, may_run, own


@may_register
def register(request):
    form = forms.RegisterForm(posted(request))
    status = attempt(form, lambda data: workflow.register(hospital=form.instance, sure=data["sure"], by=request.user))
    if status is None:
        messages.success(request, _("Registered. We check it, and write to you. You can fill in the rest meanwhile."))
        return redirect("hospitals:details", form.instance.slug)
    return render(request, "hospitals/register.html", {"form": form, "doubles": form.instead}, status=status)


@may_register
def ask_administrator(request, slug):
    hospital = get_object_or_404(Hospital.objects.findable(), slug=slug)
    if request.method == "POST":
        workflow.ask_administrator(hospital=hospital, by=request.user)
        messages.success(request, _("Asked. You hear from them by mail."))
        return redirect(hospital)
    return render(request, "hospitals/ask_administrator.html", {"hospital": hospital})


@may_run
@require_POST
def send_for_checking(request, slug):
    workflow.send_for_checking(hospital=own(request, slug), by=request.user)
    messages.success(request, _("Sent. We look at it and write to you."))
    return redirect("hospitals:details", slug)
