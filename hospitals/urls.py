from django.urls import path

from hospitals import views

app_name = "hospitals"
urlpatterns = [
    path("hospitals/register/", views.register, name="register"),
    path("hospitals/<slug:slug>/ask-administrator/", views.ask_administrator, name="ask_administrator"),
    path("hospitals/<slug:slug>/photo/", views.photo, name="photo"),
    path("hospital/", views.mine, name="mine"),
    path("hospital/<slug:slug>/details/", views.details, name="details"),
    path("hospital/<slug:slug>/send-for-checking/", views.send_for_checking, name="send_for_checking"),
    path("hospital/<slug:slug>/photo/set-photo/", views.set_photo, name="set_photo"),
    path("hospital/<slug:slug>/photo/remove-photo/", views.remove_photo, name="remove_photo"),
    path("hospital/<slug:slug>/fees/", views.fees, name="fees"),
    path("hospital/<slug:slug>/parts/", views.parts, name="parts"),
    path("hospital/<slug:slug>/departments/add-department/", views.add_department, name="add_department"),
    path(
        "hospital/<slug:slug>/departments/<int:pk>/rename-department/",
        views.rename_department,
        name="rename_department",
    ),
    path(
        "hospital/<slug:slug>/departments/<int:pk>/close-department/", views.close_department, name="close_department"
    ),
    path("hospital/<slug:slug>/services/add-service/", views.add_service, name="add_service"),
    path("hospital/<slug:slug>/services/<int:pk>/remove-service/", views.remove_service, name="remove_service"),
    path("hospital/<slug:slug>/opening/", views.opening, name="opening"),
    path("hospital/<slug:slug>/opening/publish-opening/", views.publish_opening, name="publish_opening"),
    path("hospital/<slug:slug>/closures/add-closure/", views.add_closure, name="add_closure"),
    path("hospital/<slug:slug>/closures/<int:pk>/remove-closure/", views.remove_closure, name="remove_closure"),
    path("hospital/<slug:slug>/staff/", views.staff, name="staff"),
    path("hospital/<slug:slug>/staff/invite/", views.invite, name="invite"),
    path("hospital/<slug:slug>/staff/<int:pk>/dismiss/", views.dismiss, name="dismiss"),
    path(
        "hospital/<slug:slug>/invitations/<uuid:pk>/withdraw-invitation/",
        views.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("invitations/<slug:token>/", views.invitation, name="invitation"),
    path("invitations/<slug:token>/accept-invitation/", views.accept_invitation, name="accept_invitation"),
]
