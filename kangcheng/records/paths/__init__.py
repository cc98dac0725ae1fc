"""FHIRPath, the part that search, views and forms need, compiled once to fast Python. Pure: no Django.

    from kangcheng.records import paths

    code = paths.compile("Observation.code | Procedure.code", type="Observation")
    code.values(resource)                 # [{"coding": [...]}]
    code.types                            # frozenset({"CodeableConcept"})

`python -m kangcheng.records.paths.shapes SCHEMA.json.gz` makes the table of types anew from the official schema.
"""

from kangcheng.records.paths.errors import PathError
from kangcheng.records.paths.path import Path, compile

__all__ = ["Path", "PathError", "compile"]
