"""Background work of the interfaces."""

from uuid import UUID

from django.utils.timezone import localdate

from kangcheng.base.jobs import app


@app.task(name="gateway.bulk_step", queue="default", retry=3)
def bulk_step(job: str) -> None:
    """Do the parts of a bulk job until it is done; a stopped worker leaves the rest to the next one."""
    from kangcheng.gateway.fhir.bulk_parts import run

    run(UUID(job), localdate())
