from django.urls import include, path, re_path

from accounts.views import keys, passwords, profile, security, sign_in, team

_own = [
    path("accounts/login/demo/", sign_in.continue_as_demo, name="demo"),
    path("accounts/setup/", sign_in.first_administrator, name="setup"),
    path("join/<str:token>/", sign_in.join, name="join"),
    path("settings/", profile.profile, name="profile"),
    path("settings/keys/", keys.keys, name="keys"),
    path("settings/keys/<uuid:pk>/check/", keys.check, name="check-key"),
    path("settings/keys/<uuid:pk>/default/", keys.make_default, name="default-key"),
    path("settings/keys/<uuid:pk>/team/", keys.share, name="share-key"),
    path("settings/keys/<uuid:pk>/label/", keys.rename, name="rename-key"),
    path("settings/keys/<uuid:pk>/delete/", keys.delete, name="delete-key"),
    path("settings/security/", security.security, name="security"),
    path("settings/security/sessions/", security.end_sessions, name="end-sessions"),
    path("team/", team.team, name="team"),
    path("team/log/", team.log, name="log"),
    path("team/people/<int:pk>/role/", team.role, name="role"),
    path("team/people/<int:pk>/password/", team.password_link, name="password-link"),
    path("team/people/<int:pk>/second-step/", team.remove_second_steps, name="remove-second-steps"),
    path("team/people/<int:pk>/deactivate/", team.deactivate, name="deactivate"),
    path("team/people/<int:pk>/activate/", team.activate, name="activate"),
    path("team/invitations/<int:pk>/send/", team.send_again, name="send-invitation"),
    path("team/invitations/<int:pk>/withdraw/", team.withdraw, name="withdraw-invitation"),
]

_link = r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"

# Ours stand before allauth's own pages at the same addresses.
urlpatterns = [
    path("accounts/login/", sign_in.login, name="account_login"),
    path("accounts/password/reset/", passwords.forgotten, name="account_reset_password"),
    path("accounts/password/reset/done/", passwords.on_its_way, name="account_reset_password_done"),
    path("accounts/", include([re_path(_link, passwords.from_link, name="account_reset_password_from_key")])),
    path("accounts/2fa/", security.second_steps, name="mfa_index"),
    path("accounts/2fa/recovery-codes/", security.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("accounts/2fa/recovery-codes/generate/", security.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("accounts/2fa/recovery-codes/download/", security.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("", include((_own, "accounts"))),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/3rdparty/", include("allauth.socialaccount.urls")),
    path("accounts/", include("allauth.socialaccount.providers.openid_connect.urls")),
]
