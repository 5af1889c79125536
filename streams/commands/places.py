"""`waterbed places`: the checked places and the distances between them."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from streams.routes.distances import Distance, Mode
    from streams.routes.places import Place

group = typer.Typer(
    help="Ports and other places, and distances between them.", no_args_is_help=True
)

AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout, nothing else.")]


def register(app: typer.Typer) -> None:
    """Add the group to the command."""
    app.add_typer(group, name="places")


@group.command("list")
def list_places(as_json: AsJson = False) -> None:
    """List all places of the checked table. Example: `waterbed places list --json`."""
    from rich.console import Console  # noqa: PLC0415  # keeps `--help` quick
    from rich.table import Table  # noqa: PLC0415  # as above

    from streams.routes.places import places  # noqa: PLC0415  # as above

    if as_json:
        _print_json([_place(place) for place in places()])
        return
    shown = Table("code", "name", "country", "kind", "position", "check")
    for place in places():
        position = f"{place.lat:.4f} {place.lon:.4f}"
        shown.add_row(place.locode, place.name, place.country, place.kind, position, place.check)
    Console().print(shown)


@group.command()
def show(code: str, as_json: AsJson = False) -> None:
    """Show what is known of a place. Example: `waterbed places show BRSSZ`.

    CODE is a UN/LOCODE, a country or a region. Exit status 1 when it is not known.
    """
    from streams.routes import places as known  # noqa: PLC0415  # keeps `--help` quick

    ref = known.parse_reference(code)
    place = known.places().get(ref)
    facts: dict[str, Any] = {
        "reference": ref,
        "label": known.label(ref),
        "level": known.level(ref),
        "country": known.country_of(ref),
        "known": known.is_known(ref),
        "canonical": known.canonical(ref),
        **(_place(place) if place else {}),
    }
    if as_json:
        _print_json(facts)
    else:
        typer.echo("\n".join(f"{name:<10} {value}" for name, value in facts.items()))
    if not known.is_known(ref):
        raise typer.Exit(1)


@group.command()
def distance(
    origin: str,
    destination: str,
    mode: Annotated[
        str | None, typer.Option(help="sea, river, air, road or rail; guessed when left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the way between two places, leg by leg.

    Example: `waterbed places distance PYASU NLRTM`. Exit status 1 when it is not known.
    """
    from streams.routes.distances import distance as measure  # noqa: PLC0415  # quick `--help`
    from streams.routes.places import parse_reference  # noqa: PLC0415  # as above

    way = measure(parse_reference(origin), parse_reference(destination), _mode(mode))
    if as_json:
        _print_json(_way(way))
    else:
        typer.echo(_text(way))
    if way.nautical_miles is None:
        raise typer.Exit(1)


def _mode(text: str | None) -> "Mode | None":
    from streams.routes.distances import Mode  # noqa: PLC0415  # keeps `--help` quick

    if text is None:
        return None
    if text.lower() not in list(Mode):
        raise typer.BadParameter(f"{text!r} is not one of {', '.join(Mode)}")
    return Mode(text.lower())


def _place(place: "Place") -> dict[str, Any]:

    return asdict(place)


def _way(way: "Distance") -> dict[str, Any]:

    legs = [asdict(leg) | {"flags": sorted(leg.flags)} for leg in way.legs]
    parts = ("origin", "destination", "nautical_miles", "sea_nm", "river_nm", "straight_nm")
    return {name: getattr(way, name) for name in parts} | {
        "method": way.method,
        "via": way.via,
        "flags": sorted(way.flags),
        "legs": legs,
    }


def _text(way: "Distance") -> str:
    from streams.routes.places import label  # noqa: PLC0415  # keeps `--help` quick

    total = "not known" if way.nautical_miles is None else f"{way.nautical_miles:,.0f} nm"
    lines = [f"{label(way.origin)} to {label(way.destination)}: {total}"]
    for leg in way.legs:
        via = f" via {', '.join(leg.via)}" if leg.via else ""
        days = (
            "" if leg.days_max is None else f", usually {leg.days_min:g} to {leg.days_max:g} days"
        )
        ends = f"{label(leg.origin)} to {label(leg.destination)}{via}"
        lines.append(f"  {leg.mode}: {ends}, {leg.nautical_miles:,.0f} nm{days} ({leg.source})")
    if way.flags:
        lines.append(f"  flags: {', '.join(sorted(way.flags))}")
    return "\n".join(lines)


def _print_json(value: object) -> None:
    import orjson  # noqa: PLC0415  # keeps `--help` quick

    typer.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2))
