"""`waterbed places`, run as a user would."""

import json
from collections.abc import Callable

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from streams.commands import places

Run = Callable[..., Result]


@pytest.fixture
def waterbed() -> Run:
    app = typer.Typer()
    places.register(app)
    app.command("other")(lambda: None)
    return lambda *words: CliRunner().invoke(app, ["places", *words])


def test_list_gives_all_places_as_json(waterbed: Run) -> None:
    listed = json.loads(waterbed("list", "--json").stdout)
    assert len(listed) == 130
    assert {"locode", "lat", "lon", "sources", "check"} <= set(listed[0])


def test_list_names_ports_to_people(waterbed: Run) -> None:
    assert "BRSSZ" in waterbed("list").stdout


def test_show_tells_provenance_and_fails_for_an_unknown_code(waterbed: Run) -> None:
    shown = json.loads(waterbed("show", "brigi", "--json").stdout)
    assert shown["canonical"] == "BRSPB"
    assert shown["sources"]
    missing = waterbed("show", "XXABC", "--json")
    assert missing.exit_code == 1
    assert json.loads(missing.stdout)["known"] is False


def test_distance_prints_legs_with_method_and_source(waterbed: Run) -> None:
    way = json.loads(waterbed("distance", "PYASU", "NLRTM", "--json").stdout)
    assert [leg["method"] for leg in way["legs"]] == ["river", "table"]
    assert all(leg["source"] for leg in way["legs"])
    assert "river" in waterbed("distance", "PYASU", "NLRTM").stdout


def test_distance_refuses_an_unheard_of_mode_and_admits_ignorance(waterbed: Run) -> None:
    refused = waterbed("distance", "BRSSZ", "BEANR", "--mode", "swim")
    assert refused.exit_code == 2
    assert "river" in refused.output
    assert waterbed("distance", "BR", "BEANR").exit_code == 1
