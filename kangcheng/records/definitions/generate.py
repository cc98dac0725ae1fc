"""Make the shipped tables from the official FHIR R4 definitions (HL7, CC0): `python -m ...generate FOLDER`.

FOLDER holds `fhir-r4.schema.json.gz`, `search-parameters.json` and `compartment-*.json`. Which elements are required and
which belong to one choice is not in the schema; it is read from the classes of the library `fhirclient`, which HL7's
StructureDefinitions were turned into.
"""

import gzip
import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Table = dict[str, Any]
SKIPPED = frozenset({"ResourceList", "xhtml"})


def main(folder: Path) -> None:
    """Write elements.json, parameters.json and compartments.json beside this file."""
    schema = json.loads(gzip.decompress((folder / "fhir-r4.schema.json.gz").read_bytes()))
    _write("elements", elements(schema["definitions"]))
    _write("parameters", parameters(json.loads((folder / "search-parameters.json").read_text("utf-8"))))
    _write("compartments", compartments(folder))


def elements(definitions: Table) -> Table:
    """{"resources": names, "primitives": name -> schema, "enums": [[code...]], "types": type -> element -> [type, flags, enum, choice]}."""
    enums: list[list[str]] = []
    known = {name: one for name, one in definitions.items() if name not in SKIPPED}
    primitives = {
        name: {key: one[key] for key in ("type", "pattern") if key in one}
        for name, one in known.items()
        if "properties" not in one
    }
    types = {
        name: _type(name, one["properties"], enums, primitives)
        for name, one in known.items()
        if "properties" in one
    }
    for name in (
        "string",
        "markdown",
    ):  # the official pattern refuses U+00A0 and U+3000, the full-width space
        primitives[name].pop("pattern")
    resources = [one["$ref"].rpartition("/")[2] for one in definitions["ResourceList"]["oneOf"]]
    return {"resources": resources, "primitives": primitives, "enums": enums, "types": types}


def _type(name: str, properties: Table, enums: list[list[str]], primitives: Table) -> Table:
    known = _optionality(name)
    found = {}
    for element, one in properties.items():
        if element == "resourceType" or element.startswith("_"):
            continue
        inner = one.get("items", one)
        required, choice = known.get(element, (False, ""))
        flags = ("*" if "items" in one else "") + ("!" if required else "")
        kind = inner.get("$ref", "#/definitions/code" if "enum" in inner else "").rpartition("/")[2]
        row: list[Any] = [kind or _written_out(element, primitives), flags, _enum(inner, enums), choice]
        while row[-1] in ("", None):
            row.pop()
        found[element] = row
    return found


def _written_out(element: str, primitives: Table) -> str:
    """Primitives of a choice are written out in the schema instead of named; the element's name ends in theirs."""
    fitting = [name for name in primitives if element.endswith(name[0].upper() + name[1:])]
    return max(fitting, key=len)


def _enum(inner: Table, enums: list[list[str]]) -> int | None:
    if "enum" not in inner:
        return None
    codes = list(inner["enum"])
    if "4.0.0" in codes and "4.0.1" not in codes:
        codes.append("4.0.1")
    if codes not in enums:
        enums.append(codes)
    return enums.index(codes)


def _optionality(name: str) -> dict[str, tuple[bool, str]]:
    """Element -> (required, choice it belongs to)."""
    head = name.split("_")[0].lower()
    try:
        module = import_module(f"fhirclient.models.{head}")
    except ModuleNotFoundError:
        return {}
    made = getattr(module, name.replace("_", ""), None)
    rows = made({}, strict=False).elementProperties() if made else []
    return {row[1]: (bool(row[5]), row[4] or "") for row in rows}


def parameters(given: list[Table]) -> list[list[Any]]:
    """[code, type, bases, expression, targets, components] of every search parameter with an expression."""
    names = {one["url"]: one["code"] for one in given}
    rows = []
    for one in given:
        if not one.get("expression"):
            continue
        parts = [[names[part["definition"]], part["expression"]] for part in one.get("component", ())]
        rows.append([one["code"], one["type"], one["base"], one["expression"], one.get("target", []), parts])
    return rows


def compartments(folder: Path) -> Table:
    """Compartment -> resource type -> the parameters that lead into it."""
    found = {}
    for path in sorted(folder.glob("compartment-*.json")):
        one = json.loads(path.read_text("utf-8"))
        found[one["code"]] = {row["code"]: row["param"] for row in one["resource"] if row.get("param")}
    return found


def _write(name: str, table: Any) -> None:
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    (HERE / f"{name}.json").write_text(text.replace('],["', '],\n["') + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
