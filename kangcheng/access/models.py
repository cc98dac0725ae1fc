"""All tables of the module `access`, gathered for Django."""

from kangcheng.access.contacts.models import Contact
from kangcheng.access.emergencies.models import Emergency
from kangcheng.access.exports.models import ExportRequest

__all__ = ["Contact", "Emergency", "ExportRequest"]
