use super::{
    area::Area,
    axes::number_of,
    colour, panel,
    svg::{Anchor, Svg},
    text,
};
use crate::render::{
    board::{COLUMNS, Kind, Panel, Place},
    data::PanelData,
};

/// The size of a column and of a line of the grid.
const COLUMN: f64 = 41.0;
const LINE: f64 = 27.0;
/// The space between panels, and around all.
const GAP: f64 = 6.0;
const MARGIN: f64 = 10.0;
/// The heading with the title of the dashboard.
const HEADING: f64 = 36.0;

/// A panel with its data; `None` where nothing is asked.
pub(in crate::render) struct DrawnPanel<'a> {
    pub(in crate::render) panel: &'a Panel,
    pub(in crate::render) data: Option<PanelData>,
}

/// How many points a panel has room for beside each other.
pub(in crate::render) fn points_beside(panel: &Panel) -> u32 {
    let pixels = if panel.kind == Kind::Heatmap { 7.0 } else { 4.0 };
    number_of(place(panel.place).width, pixels)
}

/// One picture of a dashboard.
pub(in crate::render) fn draw(title: &str, panels: &[DrawnPanel<'_>]) -> String {
    let lines = panels.iter().map(|drawn| drawn.panel.place.bottom()).max().unwrap_or(0);
    let width = f64::from(COLUMNS) * COLUMN + 2.0 * MARGIN - GAP;
    let height = HEADING + f64::from(lines) * LINE + MARGIN;
    let mut svg = Svg::new(width, height, title);
    let all = Area { x: 0.0, y: 0.0, width, height };
    svg.rectangle(all, &[("rx", "6"), ("fill", colour::BACKGROUND)]);
    let title = text::fitted(title, 14.5, width - 2.0 * MARGIN);
    svg.text((MARGIN + 2.0, 24.0), Anchor::Start, "r", &title);
    for drawn in panels {
        panel::draw(&mut svg, place(drawn.panel.place), drawn.panel, drawn.data.as_ref());
    }
    svg.finish()
}

/// The pixels of a place.
fn place(place: Place) -> Area {
    Area {
        x: MARGIN + f64::from(place.x) * COLUMN,
        y: HEADING + f64::from(place.y) * LINE,
        width: f64::from(place.width) * COLUMN - GAP,
        height: f64::from(place.height) * LINE - GAP,
    }
}
