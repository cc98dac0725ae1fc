"""What .importlinter cannot say: tables are touched by their own module only, and others are entered by their faces."""

import grimp
import pytest
from django.apps import apps
from sources import OPEN, REPOSITORY, depth, layers, package

FACES = {"services", "selectors", "types"}
WIRING = {"config"}  # collects the modules' kinds and addresses, and is entered by the command only
PRIVATE = {"models", "apps", "urls"}
DECLARATIONS = {"lake", "tables", "kinds"}  # tables for the lake, engines for the kinds: read by those above


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph("kangcheng", include_external_packages=True, cache_dir=None)


def imports(graph):
    """(importer, imported) for every import from one of our packages into another."""
    for importer in sorted(graph.modules):
        for imported in graph.find_modules_directly_imported_by(importer):
            ours = package(importer), package(imported)
            if all(ours) and ours[0] != ours[1]:
                yield importer, imported


def test_layers_are_read_from_the_contract():
    assert layers()[0] == {"cli"} and layers()[-1] == {"kernel"} and {"portal", "gateway"} in layers()
    assert depth("funds") < depth("registry") < depth("base") == depth("policy")


def test_tables_are_touched_by_their_own_module_only(graph):
    tables = {model.__module__ for model in apps.get_models()}
    wrong = [f"{a} -> {b}" for a, b in imports(graph) if b in tables and package(b) != "base"]
    assert wrong == [], "ask the module's services and selectors instead of its models"


def test_modules_are_entered_by_their_faces(graph):
    wrong = [
        f"{importer} -> {imported}"
        for importer, imported in imports(graph)
        if package(imported) not in OPEN | WIRING
        and package(importer) not in WIRING
        and not _is_face(imported)
    ]
    assert wrong == [], "import services, selectors or types of the area"


def test_generators_of_the_synthetic_city_know_no_django(graph):
    generators = {name for name in graph.modules if package(name) == "synth"} - {
        "kangcheng.synth.load", "kangcheng.synth.lived", "kangcheng.synth.clinical_load", "kangcheng.synth.rounds",
    }  # fmt: skip
    wrong = [
        name
        for name in sorted(generators)
        if graph.find_shortest_chain(importer=name, imported="django") is not None
    ]
    assert wrong == []


def test_foreign_keys_point_down():
    wrong = []
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if not field.concrete or not field.remote_field:
                continue
            here, there = package(model.__module__), package(field.related_model.__module__)
            if here and there and here != there and depth(there) <= depth(here):
                wrong.append(f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}")
    assert wrong == []


def _is_face(module: str) -> bool:
    """services, selectors or types of an area; a small area's only file; or a declaration."""
    parts = module.split(".")[2:]
    if not parts or FACES & set(parts) or parts[-1] in DECLARATIONS or parts[0] == "engine":
        return True
    only_file = len(parts) == 1 and not (REPOSITORY / module.replace(".", "/")).is_dir()
    return only_file and parts[0] not in PRIVATE
