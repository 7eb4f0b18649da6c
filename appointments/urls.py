from django.urls import path

from appointments import views

app_name = "appointments"
urlpatterns = [
    path("appointments/", views.index, name="index"),
    path("appointments/day/", views.day, name="day"),
    path("appointments/requests/", views.requests, name="requests"),
    path("appointments/requests/answer/", views.answer, name="answer"),
    path("appointments/hospital/", views.hospital, name="hospital"),
    path("doctors/<slug:slug>/book/", views.book, name="book"),
    path("appointments/<uuid:pk>.ics", views.calendar, name="calendar"),
    path("appointments/<uuid:pk>/approve/", views.approve, name="approve"),
    path("appointments/<uuid:pk>/decline/", views.decline, name="decline"),
    path("appointments/<uuid:pk>/cancel/", views.cancel, name="cancel"),
    path("appointments/<uuid:pk>/reschedule/", views.reschedule, name="reschedule"),
    path("appointments/<uuid:pk>/check-in/", views.check_in, name="check_in"),
    path("appointments/<uuid:pk>/share-link/", views.share_link, name="share_link"),
    path("appointments/<uuid:pk>/start/", views.start, name="start"),
    path("appointments/<uuid:pk>/complete/", views.complete, name="complete"),
    path("appointments/<uuid:pk>/no-show/", views.no_show, name="no_show"),
    path("appointments/<uuid:pk>/review/", views.write_review, name="write_review"),
    path("appointments/<uuid:pk>/note/", views.note, name="note"),
    path("appointments/<uuid:pk>/write-note/", views.write_note, name="write_note"),
    path("appointments/<uuid:pk>/sign-note/", views.sign_note, name="sign_note"),
    path("appointments/<uuid:pk>/amend-note/", views.amend_note, name="amend_note"),
    path("reviews/", views.reviews, name="reviews"),
    path("reviews/<uuid:pk>/answer-review/", views.answer_review, name="answer_review"),
    path("schedule/explain/", views.explain, name="explain"),
    path("schedule/overbook/", views.overbook, name="overbook"),
    path("schedule/", views.schedule, name="schedule"),
    path("schedule/publish/", views.publish, name="publish"),
    path("schedule/take-leave/", views.take_leave, name="take_leave"),
    path("schedule/leave/<int:pk>/end-leave/", views.end_leave, name="end_leave"),
]
