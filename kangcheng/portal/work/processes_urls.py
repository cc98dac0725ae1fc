"""Addresses of processes, tasks and notices."""

from django.urls import path

from kangcheng.portal.work import notices, processes, processes_case, tasks

urlpatterns = [
    path("worklist/", processes.worklist, name="worklist"),
    path("cases/", processes.cases, name="cases"),
    path("cases/open/", processes_case.open_list, name="case_open_list"),
    path("cases/open/<slug:process_id>/", processes_case.open_case, name="case_open"),
    path("cases/<uuid:case_id>/", processes_case.case, name="case"),
    path("cases/<uuid:case_id>/step/", processes_case.step, name="case_step"),
    path("cases/<uuid:case_id>/opinion/", processes_case.opinion, name="case_opinion"),
    path("cases/<uuid:case_id>/files/<int:seq>/<slug:name>/", processes_case.attachment, name="case_file"),
    path("processes/", processes.catalogue, name="processes"),
    path("processes/<slug:process_id>/", processes.process, name="process"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/new/", tasks.new, name="task_new"),
    path("tasks/end/", tasks.end_many, name="tasks_end"),
    path("tasks/<uuid:task_id>/", tasks.task, name="task"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.read, name="notices_read"),
    path("notices/preferences/", notices.preferences, name="notice_preferences"),
    path("notices/policies/", notices.policies, name="policy_notices"),
    path("notices/policies/<uuid:notice_id>/", notices.policy, name="policy_notice"),
]
