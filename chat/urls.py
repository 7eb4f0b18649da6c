from django.urls import path

from chat import views

app_name = "chat"
urlpatterns = [
    path("chat/", views.index, name="index"),
    path("chat/<uuid:patient>/<slug:doctor>/begin/", views.begin, name="begin"),
    path("chat/<uuid:pk>/", views.detail, name="detail"),
    path("chat/<uuid:pk>/send/", views.send, name="send"),
    path("chat/<uuid:pk>/read/", views.read, name="read"),
    path("chat/files/<uuid:pk>/", views.file, name="file"),
]
