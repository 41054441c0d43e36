from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from playground import themes

urlpatterns = [
    path("accounts/", include("accounts.urls")),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("theme/", themes.choose, name="theme"),
    path("admin/", admin.site.urls),
]
if settings.DEBUG:
    from playground.views.design import design

    urlpatterns.append(path("design/", design, name="design"))
