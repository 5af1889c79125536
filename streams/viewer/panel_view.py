"""One panel on the page: its frame, title and content, renewed when its data changes."""

from collections.abc import Sequence
from datetime import datetime

from nicegui import ui

from streams.viewer import charts, maps, tables
from streams.viewer.charts import Options
from streams.viewer.dashboard import Panel
from streams.viewer.database import Frame
from streams.viewer.export import as_csv, file_name
from streams.viewer.look import Look
from streams.viewer.units import number_columns, text

NO_DATA = "No data in this range"
Bounds = tuple[datetime, datetime]


class PanelView:
    """Draws a panel. Call it within the page's client only."""

    def __init__(self, panel: Panel, look: Look) -> None:
        self.panel, self.look = panel, look
        self.frames: list[Frame] = []
        self._shown: object = None
        self._drawn = False
        x, y, w, h = panel.grid
        place = f"grid-column:{x + 1}/span {w};grid-row:{y + 1}/span {h}"
        kind = f"panel panel-{panel.type}" + (" bare" if panel.transparent else "")
        with ui.element("section").classes(kind).style(place).props(f'id="panel-{panel.id}"'):
            self._header()
            self.message = ui.label("Loading …").classes("message")
            self.body = ui.element("div").classes("body")
            with self.body:
                self._content()

    def show(self, frames: list[Frame], bounds: Bounds) -> None:
        """Show new data; does nothing when it is what is shown already."""
        seen = (frames, [round(b.timestamp() / 60) for b in bounds])
        if seen == self._shown:
            return
        self.frames, self._shown = frames, seen
        if _empty(frames):
            self._say(str(self.panel.defaults.get("noValue", NO_DATA)), "empty")
            return
        self.message.set_visibility(False)
        self.body.classes(remove="away")
        self._draw(bounds)
        self._drawn = True

    def fail(self, reason: str) -> None:
        """Show why there is nothing to see."""
        self._shown = None
        self._say(reason, "error")

    def _say(self, words: str, kind: str) -> None:
        if self.panel.type == "stat" and kind == "empty":
            self.number.set_text(words)
            self.number.classes(replace="number none")
            self.message.set_visibility(False)
            return
        self.message.set_text(words)
        self.message.classes(replace=f"message {kind}")
        self.message.set_visibility(True)
        self.body.classes(add="away")

    def _header(self) -> None:
        panel = self.panel
        if not panel.title:
            return
        with ui.element("header"):
            ui.label(panel.title).classes("title")
            if panel.description:
                with (
                    ui.icon("o_info")
                    .classes("info")
                    .props(
                        f'tabindex=0 aria-hidden=false role=img aria-label="About {panel.title}"'
                    )
                ):
                    ui.tooltip(panel.description).classes("about")
            ui.space()
            ui.button(icon="o_download", on_click=self._export, color=None).props(
                f'flat round dense size=sm aria-label="CSV of {panel.title}"'
            ).classes("csv").tooltip("CSV")

    def _export(self) -> None:
        for target, frame in zip(self.panel.targets, self.frames, strict=False):
            ui.download.content(as_csv(frame), file_name(self.panel, target.ref), "text/csv")

    def _content(self) -> None:
        match self.panel.type:
            case "text":
                self.message.set_visibility(False)
                ui.markdown(self.panel.options["content"])
            case "stat":
                self.number = ui.label().classes("number")
            case "table":
                self.grid = ui.aggrid({"columnDefs": [], "rowData": []}, auto_size_columns=False)
                self.grid.classes("fill")
            case _:
                self.chart = ui.echart({}).classes("fill")
                if self.panel.type == "geomap" and self.panel.options["controls"].get("showZoom"):
                    self._zoom_buttons()

    def _zoom_buttons(self) -> None:
        with ui.element("div").classes("zoom"):
            for icon, factor in (("add", 1.5), ("remove", 1 / 1.5)):
                ui.button(
                    icon=icon, on_click=lambda _, by=factor: self._zoom(by), color=None
                ).props(f'dense unelevated size=sm aria-label="Zoom {icon}"')

    def _zoom(self, factor: float) -> None:
        ui.run_javascript(
            f"const c = getElement({self.chart.id}).chart;"
            f"c.setOption({{geo: {{zoom: c.getOption().geo[0].zoom * {factor}}}}})"
        )

    def _draw(self, bounds: Bounds) -> None:
        panel, frame = self.panel, self.frames[0]
        match panel.type:
            case "stat":
                self._draw_number(frame)
            case "table" if self._drawn:
                self.grid.run_grid_method("setGridOption", "rowData", tables.row_data(frame))
            case "table":
                self.grid.options = tables.grid(panel, frame)
                self.grid.update()
            case "timeseries":
                self._chart(charts.timeseries(panel, frame, self.look, bounds))
            case "barchart":
                self._chart(charts.barchart(panel, frame, self.look))
            case "geomap":
                first = not self._drawn
                self._chart(maps.geomap(panel, self.frames, self.look, first=first))

    def _draw_number(self, frame: Frame) -> None:
        value = frame.rows[0][0]
        config = self.panel.config(frame.names[0])
        self.number.set_text(text(value, config))
        mappings = [m["options"] for m in config.get("mappings", [])]
        colours = [options[value]["color"] for options in mappings if value in options]
        self.number.style(f"color:{colours[0] if colours else 'inherit'}")
        kind = "none" if value is None else "words" if isinstance(value, str) else ""
        self.number.classes(replace=f"number {kind}")

    def _chart(self, options: Options) -> None:
        self.chart.options.clear()
        self.chart.options.update(options)
        self.chart.update()


def _empty(frames: Sequence[Frame]) -> bool:
    """Say whether no frame has a row with anything known in it."""
    return not any(
        number_columns(frame) or any(v is not None for row in frame.rows for v in row)
        for frame in frames
        if frame.rows
    )
