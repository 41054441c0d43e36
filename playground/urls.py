from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from accounts import language
from playground.views import (
    callbacks,
    changes,
    compare,
    defaults,
    docs,
    family,
    gallery,
    generations,
    health,
    help,
    history,
    lost_tasks,
    modes,
    offline,
    pictures,
    present,
    pricing,
    references,
    share_links,
    shared,
    status,
    studio,
    usage,
)
from playground.web import errors, themes

# The admin uses our own sign-in page, so that its limits and its second step apply there too.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# People change passwords on one page only. It limits attempts, writes the log and sends the person a mail.
admin.site.password_change = RedirectView.as_view(pattern_name="account_change_password")  # type: ignore[assignment, method-assign]

handler400 = "playground.web.errors.bad_request"
handler500 = "playground.web.errors.server_error"

urlpatterns = [
    path("", studio.studio, name="studio"),
    path("studio/settings/", studio.settings_for_model, name="settings-for-model"),
    path("studio/estimate/", studio.estimate, name="estimate"),
    path("studio/calculate/", studio.calculate, name="calculate"),
    path("studio/changes/", studio.changes, name="changes"),
    path("history/", history.history, name="history"),
    path("generations/", studio.generate, name="generate"),
    path("generations/<slug:code>/", generations.generation, name="generation"),
    path("generations/<slug:code>/check/", generations.check_again, name="check-again"),
    path("generations/<slug:code>/cancel/", generations.cancel, name="cancel"),
    path("generations/<slug:code>/again/", generations.run_again, name="run-again"),
    path("generations/<slug:code>/successor/", generations.run_on_successor, name="run-on-successor"),
    path("generations/<slug:code>/family/", family.family, name="family"),
    path("generations/<slug:code>/offers/", generations.offers, name="offers"),
    path("generations/<slug:code>/final/", generations.make_final, name="make-final"),
    path("generations/<slug:code>/more/", generations.make_more, name="make-more"),
    path("generations/<slug:code>/missing/", generations.make_missing, name="make-missing"),
    path("generations/<slug:code>/task/", lost_tasks.choose, name="choose-task"),
    path("generations/<slug:code>/task/reject/", lost_tasks.reject, name="reject-task"),
    path("generations/<slug:code>/task/<int:candidate>/", lost_tasks.picture, name="task-picture"),
    path("generations/<slug:code>/images/<int:index>/", pictures.image, name="image"),
    path(
        "generations/<slug:code>/images/<int:index>/small/",
        pictures.thumbnail,
        {"size": "small"},
        name="thumbnail-small",
    ),
    path(
        "generations/<slug:code>/images/<int:index>/medium/",
        pictures.thumbnail,
        {"size": "medium"},
        name="thumbnail-medium",
    ),
    path("generations/<slug:code>/images/<int:index>/panel/", pictures.panel, name="picture-panel"),
    path("generations/<slug:code>/images/<int:index>/menu/", pictures.menu, name="picture-menu"),
    path("generations/<slug:code>/images/<int:index>/favourite/", pictures.favourite, name="favourite"),
    path("generations/<slug:code>/images/<int:index>/text/", pictures.describe, name="describe"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("gallery/more/", gallery.more, name="gallery-more"),
    path("gallery/act/", gallery.act, name="gallery-act"),
    path("gallery/undo/", gallery.undo, name="gallery-undo"),
    path("gallery/download/", gallery.download, name="gallery-download"),
    path("compare/", compare.compare, name="compare"),
    path("present/", present.present, name="present"),
    path("links/", share_links.links, name="links"),
    path("links/revoke/", share_links.revoke_all, name="revoke-links"),
    path("links/<int:pk>/", share_links.link, name="link"),
    path("links/<int:pk>/revoke/", share_links.revoke, name="revoke-link"),
    path("s/<slug:token>/", shared.page, name="shared"),
    path("s/<slug:token>/present/", shared.present, name="shared-present"),
    path("s/<slug:token>/<int:position>/", shared.image, name="shared-image"),
    path("s/<slug:token>/<int:position>/small/", shared.thumbnail, {"size": "small"}, name="shared-small"),
    path("s/<slug:token>/<int:position>/medium/", shared.thumbnail, {"size": "medium"}, name="shared-medium"),
    path("generations/<slug:code>/images/<int:index>/change/", changes.change, name="change"),
    path("generations/<slug:code>/images/<int:index>/change/box/", changes.box, name="change-box"),
    path("generations/<slug:code>/images/<int:index>/change/price/", changes.price, name="change-price"),
    path("generations/<slug:code>/images/<int:index>/change/children/", changes.children, name="change-children"),
    path("generations/<slug:code>/images/<int:index>/edit/", references.edit, name="edit-image"),
    path("references/", references.references, name="references"),
    path("references/add/", references.add, name="add-references"),
    path("references/chosen/", references.chosen_items, name="chosen-references"),
    path("references/earlier/", references.earlier, name="earlier-references"),
    path("references/<slug:token>/", references.picture, name="reference"),
    path("references/<slug:token>/small/", references.thumbnail, name="reference-thumbnail"),
    path("references/<slug:token>/delete/", references.delete, name="delete-reference"),
    path("r/<slug:token>.<slug:extension>", references.served, name="served-reference"),
    path("callbacks/<slug:nonce>/", callbacks.callback, name="callback"),
    path("usage/", usage.mine, name="usage"),
    path("usage/export.csv", usage.export_mine, name="usage-export"),
    path("team/usage/", usage.team, name="team-usage"),
    path("team/usage/export.csv", usage.export_team, name="team-usage-export"),
    path("team/budgets/", usage.budgets, name="budgets"),
    path("team/health/", health.team, name="team-health"),
    path("generations/<slug:code>/correct/", usage.correct, name="correct"),
    path("status/", status.status, name="status"),
    path("pricing/", pricing.price_list, name="pricing"),
    path("pricing/take-over/", pricing.take_over, name="take-over-prices"),
    path("pricing/calculator/", pricing.calculator, name="calculator"),
    path("pricing/calculation/", pricing.calculation, name="calculation"),
    path("help/", help.questions, name="help"),
    path("help/<slug:slug>/", help.answer, name="answer"),
    path("docs/", docs.reference, name="docs"),
    path("docs/scenarios/", docs.scenarios, name="docs-scenarios"),
    path("docs/scenarios/choices/", docs.scenario_choices, name="scenario-choices"),
    path("offline/", offline.page, name="offline"),
    path("offline.js", offline.worker, name="offline-worker"),
    path("studio/balance/", modes.balance, name="balance"),
    path("mode/", modes.switch, name="mode"),
    path("settings/defaults/", defaults.defaults, name="defaults"),
    path("", include("accounts.urls")),
    path("i18n/setlang/", language.choose, name="set_language"),
    path("theme/", themes.choose, name="theme"),
    path("admin/", admin.site.urls),
]
if settings.DEBUG:
    from playground.views.design import design

    urlpatterns.append(path("design/", design, name="design"))
    # Last: every other address is a 404. It needs a slash at the end, so that Django still adds a missing one first.
    urlpatterns.append(re_path(".*/$", login_not_required(errors.not_found)))
