from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.urls import path

from accounts.views import keys, profile, sign_in

app_name = "accounts"
urlpatterns = [
    path("accounts/login/", login_not_required(sign_in.SignIn.as_view()), name="login"),
    path("accounts/login/demo/", sign_in.continue_as_demo, name="demo"),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
    path("settings/", profile.profile, name="profile"),
    path("settings/keys/", keys.keys, name="keys"),
    path("settings/keys/<uuid:pk>/check/", keys.check, name="check-key"),
    path("settings/keys/<uuid:pk>/default/", keys.make_default, name="default-key"),
    path("settings/keys/<uuid:pk>/team/", keys.share, name="share-key"),
    path("settings/keys/<uuid:pk>/delete/", keys.delete, name="delete-key"),
]
