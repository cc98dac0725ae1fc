"""Addresses of the pages of `records`."""

from django.urls import URLPattern, path

from kangcheng.portal.records import encounter, forms, inbox, record

urlpatterns: list[URLPattern] = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/messages/", inbox.inbox_messages, name="inbox_messages"),
    path("inbox/messages/<uuid:message_id>/", inbox.inbox_message, name="inbox_message"),
    path("inbox/messages/<uuid:message_id>/correct/", inbox.inbox_correct, name="inbox_correct"),
    path("inbox/messages/<uuid:message_id>/replay/", inbox.inbox_replay, name="inbox_replay"),
    path("forms/", forms.forms, name="forms"),
    path("forms/<str:form_id>/", forms.form, name="form"),
    path("people/<uuid:person_id>/record/", record.record, name="record"),
    path("people/<uuid:person_id>/encounter/new/", encounter.new, name="encounter_new"),
    path("people/<uuid:person_id>/encounter/<str:key>/", encounter.encounter, name="encounter"),
    path("encounter/diagnoses/", encounter.diagnoses, name="encounter_diagnoses"),
    path("encounter/tests/", encounter.tests, name="encounter_tests"),
    path("me/record/", record.own_record, name="own_record"),
    path("me/record/copy.<str:form>", record.own_copy, name="own_copy"),
    path("people/<uuid:person_id>/forms/<str:form_id>/", forms.fill, name="form_fill"),
]
