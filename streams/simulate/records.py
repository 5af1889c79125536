"""Events of a visit, as the schemas want them. Times are whole milliseconds since 1970, UTC."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from streams.names import PARTNERS, Kind
from streams.routes.places import country_of
from streams.simulate.goods import DETECTIONS, cover_loads, first_figure
from streams.simulate.lanes import DAY_MS
from streams.simulate.visits import Step, Visits

Event = dict[str, Any]

#: What a camera saw, with the purpose it serves; the last two belong to visits with a find.
SIGHTS: Final = (
    ("GATE_IN", "RISK_MAPPING"),
    ("GATE_OUT", "CONTROL_DECISION"),
    ("STACK_VISIT", "EXPOSURE_LIMITATION"),
    ("GATE_IN", "CONTROL_DECISION"),
    ("GATE_OUT", "RISK_MAPPING"),
)
SIGHTS_OF_A_FIND: Final = (("DOOR_OPENED", "CONTROL_SUPPORT"), ("SEAL_CHANGED", "CONTROL_SUPPORT"))
ROLES: Final = ("NONE", "NONE", "NONE", "DRIVER", "DRIVER", "EMPLOYEE", "CREW")

_NOT_A_CORRECTION: Final = {
    "retracted_event_id": None,
    "retracted_site": None,
    "retracted_occurred_at": None,
    "withdrawal": False,
}


def itinerary(run: str, visits: Visits, i: int, sent_at: int) -> tuple[str, Event]:
    """Give the partner of origin, else of the stop, and the container's way as it knows it."""
    stop, site = visits.stops[i], visits.sites[i]
    lane = stop.lane
    origin = country_of(lane.places[0])
    partner = origin if origin in PARTNERS else site.country
    draw = visits.draws[i][Step.ITINERARY]
    goods = cover_loads(origin)
    event = _head(run, visits, i, Step.ITINERARY, sent_at, country=partner) | {
        "container_number": visits.containers[i],
        "status": "PLANNED" if stop.index == 0 else "UNDER_WAY",
        "origin": lane.places[0],
        "intended_destination": lane.places[-1],
        "legs": _legs(visits, i, sent_at, draw),
        "cover_load": goods[draw % len(goods)],
    }
    return partner, event


def _legs(visits: Visits, i: int, sent_at: int, draw: int) -> list[Event]:
    """Place the voyage so that it reaches the stop, or leaves its first place, about now."""
    stop = visits.stops[i]
    lane, here = stop.lane, stop.index
    pace = 0.9 + (draw % 1000) / 2000  # slow steaming and extra calls
    delay = draw % 97 * 1_800_000  # half-hours behind the plan
    marks = [0.0]
    for n, days in enumerate(lane.days):
        wait = lane.waits[n - 1] if n else 0.0
        marks += [marks[-1] + wait, marks[-1] + wait + days * pace]
    # Leaves within three days, or arrived within the last two.
    near = (0.2 + draw % 1009 / 360) if here == 0 else -(0.1 + draw % 1009 / 530)
    zero = sent_at + int((near - marks[2 * here]) * DAY_MS)
    times = [zero + int(mark * DAY_MS) for mark in marks[1:]]
    return [
        {
            "mode": lane.modes[n],
            "from_place": lane.places[n],
            "to_place": lane.places[n + 1],
            "vessel": f"SYNTHETIC {lane.modes[n]} {draw % 331 + n}",
            "planned_departure": times[2 * n] - (delay if n < here else 0),
            "planned_arrival": times[2 * n + 1] - (delay if n < here else 0),
            "actual_departure": times[2 * n] if n < here else None,
            "actual_arrival": times[2 * n + 1] if n < here else None,
        }
        for n in range(len(lane.days))
    ]


def scan(run: str, visits: Visits, i: int, sent_at: int) -> tuple[str, Event]:
    """Give the verdict on the container's scan at the stop."""
    site = visits.sites[i]
    verdict = visits.verdicts[i]
    image = f"{visits.draws[i][Step.SCAN]:08x}"
    with_uff = site.country in {"BE", "NL"}
    event = _head(run, visits, i, Step.SCAN, sent_at, country=site.country) | {
        "facility_locode": site.place,
        "facility_terminal": site.terminal,
        "container_number": visits.containers[i],
        "verdict": verdict,
        "score": visits.scores[i],
        "algorithm": site.algorithm,
        "algorithm_version": site.version,
        "phase": visits.stops[i].phase,
        "image_reference": f"scan:{image}",
        "uff_reference": f"uff:{image}" if with_uff else None,
        "uff_version": "2.0" if with_uff else None,
        **_NOT_A_CORRECTION,
    }
    return site.country, event


def camera(run: str, visits: Visits, i: int, sent_at: int, step: Step) -> tuple[str, Event]:
    """Give what a camera of the site saw of the container."""
    site = visits.sites[i]
    draw = visits.draws[i][step]
    find = visits.hits[i] and draw % 2
    sights = SIGHTS_OF_A_FIND if find else SIGHTS
    observation, purpose = sights[draw % len(sights)]
    head = _head(run, visits, i, step, sent_at, country=site.country)
    pictured = draw % 5 < 3  # noqa: PLR2004  # three of five carry an image
    event = head | {
        "facility_locode": site.place,
        "facility_terminal": site.terminal,
        "camera_id": site.cameras[draw // 7 % len(site.cameras)],
        "purpose": purpose,
        "camera_plan_year": _year(head["occurred_at"]),
        "observation": observation,
        "container_number": visits.containers[i] if draw % 10 else None,
        "actor_role": "EXTRACTION_TEAM" if find else ROLES[draw // 11 % len(ROLES)],
        "image_reference": f"camera:{draw:08x}" if pictured else None,
        "image_captured_at": head["occurred_at"] if pictured else None,
        **_NOT_A_CORRECTION,
    }
    return site.country, event


def seizure(run: str, visits: Visits, i: int, sent_at: int) -> tuple[str, Event]:
    """Give the first report of a find: its figure is rounded if a correction follows."""
    site, stop = visits.sites[i], visits.stops[i]
    lane = stop.lane
    draw = visits.draws[i][Step.SEIZURE]
    corrected = is_corrected(visits, i)
    kilos = first_figure(visits.kilos[i]) if corrected else visits.kilos[i]
    goods = cover_loads(country_of(lane.places[0]))
    event = _head(run, visits, i, Step.SEIZURE, sent_at, country=site.country) | {
        "interception_place": site.place,
        "interception_terminal": None,
        "date_precision": "MINUTE",
        "status": "PROVISIONAL" if corrected else "CONFIRMED",
        "origin": lane.places[0],
        "transits": list(lane.places[1:-1]),
        "intended_destination": lane.places[-1],
        "destination_candidates": [],
        "direction": stop.direction,
        "transport_mode": lane.modes[max(stop.index - 1, 0)],
        "container_number": visits.containers[i],
        "vessel": None,
        "commodity": "cocaine",
        "hs_code": "2939.72",
        "hs_edition": "2022",
        "quantity": kilos,
        "unit": "kg",
        "quantity_kg": kilos,
        "concealment": visits.concealments[i],
        "cover_load": goods[visits.draws[i][Step.ITINERARY] % len(goods)],
        "detection_methods": _methods(visits, i, draw),
        "national_reference": f"{site.country}-SIM-{visits.first + i}",
        "source_title": None,
        "source_url": None,
        "source_published": None,
        "notes": None,
        **_NOT_A_CORRECTION,
    }
    return site.country, event


def correction(run: str, visits: Visits, i: int, sent_at: int, first: Event) -> tuple[str, Event]:
    """Give the weighed load in place of the first report `first`."""
    partner = visits.sites[i].country
    event = first | {
        "event_id": _event_id(run, visits, i, Step.CORRECTION),
        "recorded_at": sent_at - 1,
        "status": "AMENDED",
        "quantity": visits.kilos[i],
        "quantity_kg": visits.kilos[i],
        "retracted_event_id": first["event_id"],
        "retracted_site": first["interception_place"],
        "retracted_occurred_at": first["occurred_at"],
    }
    return partner, event


def is_corrected(visits: Visits, i: int) -> bool:
    """Tell whether a correction follows the first report of a visit's find."""
    return bool(np.isfinite(visits.positions[i, Step.CORRECTION]))


#: Makers of events by step; a correction needs the report that it corrects besides.
MAKERS: Final[dict[int, Callable[[str, Visits, int, int], tuple[str, Event]]]] = {
    Step.ITINERARY: itinerary,
    Step.SCAN: scan,
    Step.CAMERA_1: lambda run, v, i, at: camera(run, v, i, at, Step.CAMERA_1),
    Step.CAMERA_2: lambda run, v, i, at: camera(run, v, i, at, Step.CAMERA_2),
    Step.CAMERA_3: lambda run, v, i, at: camera(run, v, i, at, Step.CAMERA_3),
    Step.SEIZURE: seizure,
}
KINDS: Final[dict[int, Kind]] = {
    Step.ITINERARY: Kind.ITINERARY,
    Step.SCAN: Kind.SCAN_VERDICT,
    Step.CAMERA_1: Kind.CAMERA_EVENT,
    Step.CAMERA_2: Kind.CAMERA_EVENT,
    Step.CAMERA_3: Kind.CAMERA_EVENT,
    Step.SEIZURE: Kind.SEIZURE_REPORT,
    Step.CORRECTION: Kind.SEIZURE_REPORT,
}


def _head(run: str, visits: Visits, i: int, step: Step, sent_at: int, *, country: str) -> Event:
    occurred_at = sent_at - visits.lags[i][step]
    return {
        "event_id": _event_id(run, visits, i, step),
        "occurred_at": occurred_at,
        "recorded_at": (occurred_at + sent_at) // 2,
        "country": country,
        "provenance": "SYNTHETIC",
    }


def _event_id(run: str, visits: Visits, i: int, step: Step) -> str:
    return f"{run}-{visits.first + i}-{step.value}"


def _methods(visits: Visits, i: int, draw: int) -> list[str]:
    found = [
        name
        for n, (name, share) in enumerate(DETECTIONS.items())
        if (draw >> 8 * n) % 256 < 256 * share
    ]
    if visits.verdicts[i] == "SUSPECT":
        found.append("SCAN")
    return sorted(found) or ["PHYSICAL_CHECK"]


def _year(ms: int) -> int:
    return datetime.fromtimestamp(ms / 1000, UTC).year
