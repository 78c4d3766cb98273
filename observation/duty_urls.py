"""Addresses of the duty roster."""

from django.urls import URLPattern, URLResolver, path

from observation.views.duty import absences, cell, feeds, now, roster, setup, swaps

urlpatterns: list[URLPattern | URLResolver] = [
    path("buildings/<int:pk>/duty/", roster.duty_roster, name="duty_roster"),
    path("buildings/<int:pk>/duty/pdf/", now.duty_roster_paper, name="duty_roster_paper"),
    path("buildings/<int:pk>/duty/export/<str:form>/", roster.export_duty, name="export_duty"),
    path("buildings/<int:pk>/duty/draw/", roster.duty_draw, name="duty_draw"),
    path("buildings/<int:pk>/duty/in-charge/", now.duty_now, name="duty_now"),
    path("buildings/<int:pk>/duty/in-charge/pdf/", now.area_list_paper, name="area_list_paper"),
    # a post in a shift
    path("shifts/<int:pk>/posts/<int:post_pk>/", cell.duty_cell, name="duty_cell"),
    path("shifts/<int:pk>/posts/<int:post_pk>/change/", cell.change_duty, name="change_duty"),
    path("shifts/<int:pk>/posts/<int:post_pk>/take-over/", cell.take_over_duty, name="take_over_duty"),
    path("duties/<int:pk>/stay-on/", cell.stay_on_duty, name="stay_on_duty"),
    # swaps and absences
    path("buildings/<int:pk>/duty/swaps/", swaps.duty_swaps, name="duty_swaps"),
    path("duties/<int:pk>/swap/", swaps.ask_swap, name="ask_swap"),
    path("swaps/<int:pk>/", swaps.duty_swap, name="duty_swap"),
    path("swaps/<int:pk>/approve/", swaps.approve_swap, name="approve_swap"),
    path("swaps/<int:pk>/answer/<slug:verb>/", swaps.answer_swap, name="answer_swap"),
    path("buildings/<int:pk>/duty/absences/", absences.duty_absences, name="duty_absences"),
    path("absences/<int:pk>/call-off/", absences.end_absence, name="end_absence"),
    # what it is made of
    path("buildings/<int:pk>/duty/set-up/", setup.duty_setup, name="duty_setup"),
    path("buildings/<int:pk>/duty/rules/", setup.duty_rules, name="duty_rules"),
    path("buildings/<int:pk>/duty/patterns/new/", setup.new_pattern, name="new_pattern"),
    path("shift-patterns/<int:pk>/", setup.edit_pattern, name="edit_pattern"),
    path("buildings/<int:pk>/duty/posts/new/", setup.new_post, name="new_post"),
    path("posts/<int:pk>/", setup.edit_post, name="edit_post"),
    path("buildings/<int:pk>/duty/areas/new/", setup.new_area, name="new_area"),
    path("areas/<int:pk>/", setup.edit_area, name="edit_area"),
    path("buildings/<int:pk>/import/duty/", roster.import_duty, name="import_duty"),
    # calendars
    path("buildings/<int:pk>/duty/calendars/", feeds.duty_feeds, name="duty_feeds"),
    path("duty-feeds/<int:pk>/end/", feeds.end_feed, name="end_feed"),
    path("duty/feed/<str:token>.ics", feeds.duty_feed, name="duty_feed"),
]
