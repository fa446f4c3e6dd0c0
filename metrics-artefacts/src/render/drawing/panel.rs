use super::{
    area::Area,
    colour, figure, gauge, heatmap,
    lines::{self, Style},
    states,
    svg::{Anchor, Svg},
    text,
};
use crate::render::{
    board::{Kind, Panel},
    data::PanelData,
};

/// The height of a title.
const TITLE: f64 = 26.0;

/// Draws a panel with its title. Without data it says so.
pub(super) fn draw(svg: &mut Svg, area: Area, panel: &Panel, data: Option<&PanelData>) {
    if panel.kind == Kind::Row {
        return row(svg, area, &panel.title);
    }
    svg.begin("panel", &[]);
    svg.rectangle(area, &[("rx", "3"), ("fill", colour::PANEL), ("stroke", colour::BORDER)]);
    let title = text::fitted(&panel.title, 12.5, area.width - 20.0);
    svg.text((area.x + 10.0, area.y + 18.0), Anchor::Start, "t", &title);
    let inside = area.inside(TITLE, 10.0, 8.0, 10.0);
    match (&panel.kind, data) {
        (Kind::Other(plugin), _) => notice(svg, inside, "d", &format!("not drawn: {plugin}")),
        (_, Some(data)) if !data.series.is_empty() => content(svg, inside, panel, data),
        (_, Some(data)) if data.has_failed => notice(svg, inside, "e", "query failed"),
        _ => notice(svg, inside, "d", "no data"),
    }
    if let Some(data) = data.filter(|data| !data.series.is_empty()) {
        let note = match (data.left_out, data.has_failed) {
            (0, false) => String::new(),
            (0, true) => "a query failed".to_owned(),
            (left_out, _) => {
                format!("{} of {} series", data.series.len(), data.series.len() + left_out)
            }
        };
        if !note.is_empty() {
            svg.text((area.right() - 10.0, area.y + 18.0), Anchor::End, "e", &note);
        }
    }
    svg.end();
}

fn content(svg: &mut Svg, area: Area, panel: &Panel, data: &PanelData) {
    let field = &panel.field;
    match panel.kind {
        Kind::Lines { style, is_stacked, fill, has_threshold_lines, has_legend } => {
            let style = Style { line: style, is_stacked, fill, has_threshold_lines, has_legend };
            lines::draw(svg, area, field, style, data);
        }
        Kind::Figure { is_coloured, has_name } => {
            figure::draw(svg, area, field, is_coloured, has_name, data);
        }
        Kind::Gauge => gauge::draw(svg, area, field, data),
        Kind::States => states::draw(svg, area, field, data),
        Kind::Heatmap => heatmap::draw(svg, area, field, data),
        Kind::Row | Kind::Other(_) => {}
    }
}

/// A sentence in the middle.
fn notice(svg: &mut Svg, area: Area, class: &str, notice: &str) {
    let (x, y) = area.centre();
    svg.text((x, y), Anchor::Middle, class, &text::fitted(notice, 11.0, area.width));
}

fn row(svg: &mut Svg, area: Area, title: &str) {
    svg.begin("row", &[]);
    let (x, y) = (area.x + 4.0, area.centre().1);
    let chevron = format!("M{x:.0} {:.0}l4 4l4 -4", y - 2.0);
    let attributes = [("fill", "none"), ("stroke", colour::TEXT), ("stroke-width", "1.5")];
    svg.path(&chevron, &attributes);
    let title = text::fitted(title, 14.5, area.width - 24.0);
    svg.text((area.x + 18.0, y + 5.0), Anchor::Start, "r", &title);
    svg.end();
}
