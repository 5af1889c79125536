"""The bar on top: variables, time range, refresh, theme."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from streams.viewer.dashboard import ALL, Dashboard, Option, Variable
from streams.viewer.state import OFF, State
from streams.viewer.timerange import TimeRange


class Controls:
    """Draws the bar; calls `changed` with the new state after each choice."""

    def __init__(self, board: Dashboard, state: State, changed: Callable[[State], None]) -> None:
        self.board, self.state, self._changed = board, state, changed
        self.selects: dict[str, ui.select] = {}
        with ui.element("nav").classes("bar"):
            ui.label("Waterbed").classes("brand")
            ui.label(board.title).classes("page")
            for variable in board.variables:
                self._select(variable)
            ui.space()
            self._range()
            self._refresh()
            self._theme()
            self.away = ui.label().classes("away").props("role=alert")
            self.away.set_visibility(False)

    def offer(self, name: str, options: list[Option]) -> None:
        """Give the options of a variable that the database lists."""
        select = self.selects[name]
        known = {ALL: "All"} | {option.value: option.text for option in options}
        # A deep link may name a value that is not in the data: keep it visible.
        known |= {value: value for value in self.state.chosen[name] if value not in known}
        if select.options != known:
            select.set_options(known)

    def warn(self, words: str) -> None:
        """Show a message over the whole page; an empty one takes it away."""
        self.away.set_text(words)
        self.away.set_visibility(bool(words))

    def _set(self, state: State) -> None:
        self.state = state
        self._changed(state)

    def _select(self, variable: Variable) -> None:
        options = {option.value: option.text for option in variable.options}
        chosen = self.state.chosen[variable.name]
        if variable.query is not None:
            options = {ALL: "All"} | {value: value for value in chosen if value != ALL}
        self.selects[variable.name] = (
            ui.select(
                options,
                label=variable.label,
                value=list(chosen) if variable.multi else chosen[0],
                multiple=variable.multi,
                on_change=lambda event, of=variable: self._choose(of, event),
            )
            .props(f'dense outlined options-dense aria-label="{variable.label}"')
            .classes(f"var-{variable.name}")
            .tooltip(variable.description)
        )

    def _choose(self, variable: Variable, event: ValueChangeEventArguments[Any]) -> None:
        asked = event.value if variable.multi else [event.value]
        chosen = _settled(variable, self.state.chosen[variable.name], tuple(asked or ()))
        if variable.multi and list(chosen) != list(asked or ()):
            self.state = self.state.with_variable(variable.name, chosen)
            self.selects[variable.name].set_value(list(chosen))
            return
        self._set(self.state.with_variable(variable.name, chosen))

    def _range(self) -> None:
        with (
            ui.button(color=None)
            .props("flat dense no-caps icon=o_schedule")
            .classes("range px-2") as button
        ):
            self.range_text = ui.label(self._range_name()).classes("q-ml-xs")
            with ui.menu(), ui.element("div").classes("times"):
                with ui.row().classes("no-wrap"):
                    start = ui.input("From", value=self.state.time.start).props("dense outlined")
                    end = ui.input("To", value=self.state.time.end).props("dense outlined")
                ui.button("Apply", on_click=lambda: self._ask(start.value, end.value)).props(
                    "dense unelevated no-caps"
                ).classes("q-mt-sm full-width")
                for name, time in self.board.ranges:
                    ui.menu_item(name, on_click=lambda _, of=time: self._take(of)).props("dense")
        button.tooltip("Time range, UTC")

    def _ask(self, start: str, end: str) -> None:
        time = TimeRange(start, end)
        try:
            time.bounds(datetime.now(UTC))
        except ValueError as unreadable:
            ui.notify(str(unreadable), type="negative")
            return
        self._take(time)

    def _take(self, time: TimeRange) -> None:
        self._set(replace(self.state, time=time))
        self.range_text.set_text(self._range_name())

    def _range_name(self) -> str:
        time = self.state.time
        named = next((name for name, known in self.board.ranges if known == time), None)
        return (named or f"{time.start} to {time.end}") + " · UTC"

    def _refresh(self) -> None:
        options = {OFF: "no refresh"} | {every: f"every {every}" for every in self.board.refreshes}
        value = self.state.refresh if self.state.refresh in options else OFF
        ui.select(
            options,
            value=value,
            on_change=lambda event: self._set(replace(self.state, refresh=event.value)),
        ).props('dense outlined options-dense aria-label="Refresh"')

    def _theme(self) -> None:
        icon = "o_light_mode" if self.state.dark else "o_dark_mode"
        ui.button(icon=icon, on_click=self._turn, color=None).props(
            'flat round dense aria-label="Light or dark"'
        ).tooltip("Light or dark")

    def _turn(self) -> None:
        # Charts take their colours when they are made, so the page is made again.
        ui.navigate.to(f"?{replace(self.state, dark=not self.state.dark).query()}")


def _settled(
    variable: Variable, before: tuple[str, ...], asked: tuple[str, ...]
) -> tuple[str, ...]:
    """Settle a choice of several: All stands alone, and nothing chosen is the default."""
    if not asked:
        return variable.default
    if ALL in asked and len(asked) > 1:
        return (ALL,) if ALL not in before else tuple(v for v in asked if v != ALL)
    return asked
