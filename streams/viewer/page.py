"""One open page: runs the queries of its panels and shows their answers."""

import asyncio
import logging
import re
from datetime import UTC, datetime
from typing import Final

from nicegui import Client, ui

from streams.errors import RetryError
from streams.viewer.controls import Controls
from streams.viewer.dashboard import Dashboard, Option, Variable
from streams.viewer.database import Database, Frame, QueryError
from streams.viewer.look import DARK, LIGHT
from streams.viewer.macros import expand
from streams.viewer.maps import OUTLINES
from streams.viewer.panel_view import PanelView
from streams.viewer.state import OFF, State

log = logging.getLogger(__name__)

#: Queries of one page that run at the same time.
_AT_ONCE: Final = 4
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600}
#: Seconds between tries while the database is away.
_RETRY: Final = 3.0
#: Seconds a busy browser may take to fetch the outlines.
_PATIENCE: Final = 120
_REGISTER: Final = """
const {echarts} = await import('nicegui-echart');
const answer = await fetch('%s');
echarts.registerMap('%s', await answer.json());
return true;
"""


class Page:
    """The page of one reader. Made within a client; stops with it."""

    def __init__(self, board: Dashboard, database: Database, query: str, outlines: str) -> None:
        self.board, self.database, self._outlines = board, database, outlines
        self.state = State.of(board, query)
        look = DARK if self.state.dark else LIGHT
        ui.dark_mode(self.state.dark)
        ui.colors(primary="#0072B2")
        ui.add_css(look.css())
        self.controls = Controls(board, self.state, self._choose)
        with ui.element("main").classes("board"):
            self.views = [PanelView(panel, look) for panel in board.panels]
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._wake = asyncio.Event()

    async def run(self, client: Client) -> None:
        """Show the data, then again after each choice and each refresh, until cancelled."""
        with client:
            await self._run()

    async def _run(self) -> None:
        if any(panel.type == "geomap" for panel in self.board.panels):
            await ui.run_javascript(_REGISTER % (self._outlines, OUTLINES), timeout=_PATIENCE)
        while True:
            self._wake.clear()
            wait = await self._renew()
            try:
                await asyncio.wait_for(self._wake.wait(), wait)
            except TimeoutError:
                continue

    def _choose(self, state: State) -> None:
        self.state = state
        ui.navigate.history.replace(f"?{state.query()}")
        self._wake.set()

    async def _renew(self) -> float | None:
        """Renew everything; give the seconds until the next time, None for never."""
        state, now = self.state, datetime.now(UTC)
        try:
            bounds = state.bounds(now)
        except ValueError as unreadable:
            self.controls.warn(str(unreadable))
            return None
        listed = [self._list(variable) for variable in self.board.variables if variable.query]
        shown = [self._show(view, state, bounds) for view in self.views if view.panel.targets]
        try:
            await asyncio.gather(*shown, *listed)
        except RetryError as away:
            self.controls.warn(f"{away}. Trying again every {_RETRY:.0f} s; what is shown is old.")
            return _RETRY
        self.controls.warn("")
        return _interval(state.refresh)

    async def _show(self, view: PanelView, state: State, bounds: tuple[datetime, datetime]) -> None:
        try:
            frames = [await self._ask(t.sql, state, bounds) for t in view.panel.targets]
            if state is self.state:  # an answer to an older choice is not shown
                view.show(frames, bounds)
        except (QueryError, ValueError) as refused:
            log.warning("Panel %s: %s", view.panel.title, refused)
            view.fail(str(refused))

    async def _list(self, variable: Variable) -> None:
        try:
            frame = await self._ask(
                variable.query or "", self.state, self.state.bounds(datetime.now(UTC))
            )
        except (QueryError, ValueError) as refused:
            log.warning("Variable %s: %s", variable.name, refused)
            self.controls.warn(f"{variable.label}: {refused}")
            return
        # The datasource's convention: the value first, then the text shown for it.
        options = [Option(str(row[0]), str(row[-1])) for row in frame.rows]
        self.controls.offer(variable.name, options)

    async def _ask(self, sql: str, state: State, bounds: tuple[datetime, datetime]) -> Frame:
        query = expand(sql, state.values(self.board), *bounds)
        async with self._slots:
            return await self.database.query(query)


def _interval(refresh: str) -> float | None:
    found = re.fullmatch(r"(\d+)([smh])", refresh)
    return None if refresh == OFF or not found else int(found[1]) * _SECONDS[found[2]]
