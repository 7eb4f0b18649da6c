from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("accounts/profile/", views.profile, name="profile"),
    path("accounts/profile/set-photo/", views.set_photo, name="set_photo"),
    path("accounts/profile/remove-photo/", views.remove_photo, name="remove_photo"),
    path("accounts/sessions/", views.sessions, name="sessions"),
    path("accounts/sessions/end-sessions/", views.end_sessions, name="end_sessions"),
    path("accounts/sessions/<int:pk>/end-session/", views.end_session, name="end_session"),
    path("notifications/", views.inbox, name="inbox"),
    path("notifications/choose-letters/", views.choose_letters, name="choose_letters"),
    path("notifications/read-all/", views.read_all, name="read_all"),
    path("notifications/<uuid:pk>/read/", views.read, name="read"),
]
