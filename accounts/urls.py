from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("login/", login_not_required(views.SignIn.as_view()), name="login"),
    path("login/demo/", views.continue_as_demo, name="demo"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
]
