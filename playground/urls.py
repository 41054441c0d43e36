from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from accounts import language
from playground import themes
from playground.views import callbacks, defaults, generations, health, modes, pricing, studio, usage

urlpatterns = [
    path("", studio.studio, name="studio"),
    path("studio/settings/", studio.settings_for_model, name="settings-for-model"),
    path("studio/estimate/", studio.estimate, name="estimate"),
    path("studio/calculate/", studio.calculate, name="calculate"),
    path("studio/changes/", studio.changes, name="changes"),
    path("generations/", studio.generate, name="generate"),
    path("generations/<str:code>/check/", generations.check_again, name="check-again"),
    path("generations/<str:code>/cancel/", generations.cancel, name="cancel"),
    path("generations/<str:code>/again/", generations.run_again, name="run-again"),
    path("generations/<str:code>/successor/", generations.run_on_successor, name="run-on-successor"),
    path("generations/<str:code>/images/<int:index>/", generations.image, name="image"),
    path("generations/<str:code>/images/<int:index>/small/", generations.thumbnail, name="thumbnail"),
    path("callbacks/<str:nonce>/", callbacks.callback, name="callback"),
    path("usage/", usage.mine, name="usage"),
    path("usage/export.csv", usage.export_mine, name="usage-export"),
    path("team/usage/", usage.team, name="team-usage"),
    path("team/usage/export.csv", usage.export_team, name="team-usage-export"),
    path("team/budgets/", usage.budgets, name="budgets"),
    path("generations/<str:code>/correct/", usage.correct, name="correct"),
    path("pricing/", pricing.price_list, name="pricing"),
    path("pricing/calculator/", pricing.calculator, name="calculator"),
    path("pricing/calculation/", pricing.calculation, name="calculation"),
    path("studio/balance/", modes.balance, name="balance"),
    path("mode/", modes.switch, name="mode"),
    path("settings/defaults/", defaults.defaults, name="defaults"),
    path("", include("accounts.urls")),
    path("i18n/setlang/", language.choose, name="set_language"),
    path("theme/", themes.choose, name="theme"),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
]
if settings.DEBUG:
    from playground.views.design import design

    urlpatterns.append(path("design/", design, name="design"))
