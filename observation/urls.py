"""Addresses of the site in use: rooms, occupants, rounds, alerts, requests, the occupant's own page."""

from django.urls import URLPattern, URLResolver, path

from observation.views import care_notes, incidents, meals, requests, roll_calls, rooms, rounds, turn_over, waste

urlpatterns: list[URLPattern | URLResolver] = [
    # the rooms
    path("buildings/<int:pk>/site/", rooms.site, name="site"),
    path("buildings/<int:pk>/site/plan/", rooms.site_plan, name="site_plan"),
    path("rooms/<int:pk>/turn-over/", turn_over.turn_over, name="turn_over"),
    path("rooms/<int:pk>/take-over/", turn_over.take_over, name="take_over"),
    path("rooms/<int:pk>/disinfect/", turn_over.disinfect, name="disinfect"),
    path("rooms/<int:pk>/inspect/", turn_over.inspect, name="inspect"),
    # admission
    # the occupant
    # rounds
    path("buildings/<int:pk>/round/", rounds.round_, name="round"),
    path("rooms/<int:pk>/round/", rounds.round_room, name="round_room"),
    path("occupants/<int:pk>/reading/", rounds.take_reading, name="take_reading"),
    path("readings/<int:pk>/again/", rounds.measure_again, name="measure_again"),
    path("readings/<int:pk>/correct/", rounds.correct_reading, name="correct_reading"),
    # alerts
    # requests, meals, incidents, care notes
    path("buildings/<int:pk>/requests/", requests.requests, name="requests"),
    path("occupants/<int:pk>/requests/", requests.new_request, name="new_request"),
    path("requests/<int:pk>/", requests.one_request, name="request"),
    path("requests/<int:pk>/hand/", requests.hand_request, name="hand_request"),
    path("requests/<int:pk>/close/", requests.close_request, name="close_request"),
    path("requests/<int:pk>/delivered/", requests.deliver, name="deliver"),
    path("buildings/<int:pk>/deliveries/", requests.deliveries, name="deliveries"),
    path("buildings/<int:pk>/deliveries/arrived/", requests.parcel_arrived, name="parcel_arrived"),
    path("buildings/<int:pk>/meals/", meals.meals, name="meals"),
    path("buildings/<int:pk>/meals/send/", meals.send_meals, name="send_meals"),
    path("buildings/<int:pk>/meals/kitchen/", meals.kitchen_list, name="kitchen_list"),
    path("buildings/<int:pk>/incidents/", incidents.incidents, name="incidents"),
    path("buildings/<int:pk>/incidents/new/", incidents.report_incident, name="report_incident"),
    path("incidents/<int:pk>/", incidents.incident, name="incident"),
    path("incidents/<int:pk>/hand/", incidents.hand_incident, name="hand_incident"),
    path("incidents/<int:pk>/close/", incidents.close_incident, name="close_incident"),
    path("buildings/<int:pk>/care-notes/", care_notes.care_notes, name="care_notes"),
    path("occupants/<int:pk>/care-notes/", care_notes.new_care_note, name="new_care_note"),
    path("care-notes/<int:pk>/", care_notes.care_note, name="care_note"),
    path("care-notes/<int:pk>/close/", care_notes.close_care_note, name="close_care_note"),
    # waste and the roll
    path("buildings/<int:pk>/waste/", waste.waste, name="waste"),
    path("buildings/<int:pk>/waste/log/", waste.log_waste, name="log_waste"),
    path("buildings/<int:pk>/waste/export/<str:form>/", waste.export_waste, name="export_waste"),
    path("buildings/<int:pk>/roll-calls/", roll_calls.roll_calls, name="roll_calls"),
    path("buildings/<int:pk>/roll-calls/start/", roll_calls.start_roll_call, name="start_roll_call"),
    path("roll-calls/<int:pk>/", roll_calls.roll_call, name="roll_call"),
    path("roll-calls/<int:pk>/mark/", roll_calls.mark_roll, name="mark_roll"),
    path("roll-calls/<int:pk>/unexpected/", roll_calls.meet_unexpected, name="meet_unexpected"),
    path("roll-calls/<int:pk>/close/", roll_calls.close_roll_call, name="close_roll_call"),
    # the occupant's own page
]
