use std::path::Path;

use serde_json::Value;

use super::{
    field::text,
    panel::{Kind, Panel},
};
use crate::{
    finding::{Finding, Place},
    input,
};

/// The most panels of a dashboard.
const MAX_PANELS: usize = 1000;

/// A dashboard.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::render) struct Board {
    /// The file.
    pub(in crate::render) file: String,
    pub(in crate::render) title: String,
    /// Panels and rows. Those of a collapsed row are below it, as if it was opened.
    pub(in crate::render) panels: Vec<Panel>,
    /// The variables, in their order.
    pub(in crate::render) variables: Vec<Value>,
}

impl Board {
    /// Reads a file.
    pub(in crate::render) fn read(path: &Path) -> Result<Self, Finding> {
        let file = path.display().to_string();
        let text = input::read(path).map_err(|error| {
            let problem = error.to_string();
            let problem = problem.strip_prefix(&format!("{file}: ")).unwrap_or(&problem);
            Finding::new("unreadable-file", &file, problem)
        })?;
        Self::of(&file, &text)
    }

    /// Reads the text of a file.
    pub(in crate::render) fn of(file: &str, json: &str) -> Result<Self, Finding> {
        let root: Value = serde_json::from_str(json).map_err(|error| {
            Finding::new("json-syntax", file, format!("it is not JSON: {error}"))
                .at(Place::Line(error.line().max(1)))
        })?;
        let wrapped = root.get("dashboard").filter(|board| board.get("panels").is_some());
        let (board, pointer) = wrapped.map_or((&root, ""), |board| (board, "/dashboard"));
        let Some(listed) = board.get("panels").and_then(Value::as_array) else {
            let problem = "it is not a dashboard of the classic schema: it has no `panels`";
            return Err(Finding::new("unknown-file", file, problem));
        };
        let panels = placed(listed, &format!("{pointer}/panels"));
        if panels.len() > MAX_PANELS {
            let problem =
                format!("it has {} panels, and at most {MAX_PANELS} are drawn", panels.len());
            return Err(Finding::new("too-many-panels", file, problem));
        }
        let variables = board.pointer("/templating/list").and_then(Value::as_array);
        Ok(Self {
            file: file.to_owned(),
            title: text(board, "title").unwrap_or_default(),
            panels,
            variables: variables.cloned().unwrap_or_default(),
        })
    }
}

/// All panels. A row that is collapsed has its panels inside, which move those below down.
fn placed(listed: &[Value], pointer: &str) -> Vec<Panel> {
    let mut panels = Vec::new();
    let mut below = 0;
    for (nth, value) in listed.iter().enumerate() {
        let pointer = format!("{pointer}/{nth}");
        let mut panel = Panel::of(value, pointer.clone());
        panel.place = panel.place.moved(below);
        let inside = value.get("panels").and_then(Value::as_array).filter(|p| !p.is_empty());
        let (Kind::Row, Some(inside)) = (&panel.kind, inside) else {
            panels.push(panel);
            continue;
        };
        let top = panel.place.bottom();
        panels.push(panel);
        let inside = inside.iter().enumerate();
        let mut inside: Vec<_> = inside
            .map(|(nth, value)| Panel::of(value, format!("{pointer}/panels/{nth}")))
            .collect();
        let first = inside.iter().map(|panel| panel.place.y).min().unwrap_or_default();
        for panel in &mut inside {
            panel.place.y = panel.place.y - first + top;
        }
        let bottom = inside.iter().map(|panel| panel.place.bottom()).max().unwrap_or(top);
        below += bottom - top;
        panels.extend(inside);
    }
    panels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collapsed_row_is_opened() {
        let json = r#"{"title": "A", "panels": [
            {"type": "row", "title": "r", "collapsed": true, "gridPos": {"x": 0, "y": 4, "w": 24, "h": 1},
             "panels": [{"type": "stat", "title": "a", "gridPos": {"x": 0, "y": 5, "w": 12, "h": 4}},
                        {"type": "stat", "title": "b", "gridPos": {"x": 0, "y": 9, "w": 99, "h": 4}}]},
            {"type": "timeseries", "title": "c", "gridPos": {"x": 20, "y": 5, "w": 12, "h": 8}}
        ]}"#;
        let board = Board::of("a.json", json).unwrap();
        let places: Vec<_> = board
            .panels
            .iter()
            .map(|panel| {
                (panel.title.as_str(), panel.pointer.as_str(), panel.place.y, panel.place.width)
            })
            .collect();
        assert_eq!(
            places,
            [
                ("r", "/panels/0", 4, 24),
                ("a", "/panels/0/panels/0", 5, 12),
                ("b", "/panels/0/panels/1", 9, 24),
                ("c", "/panels/1", 13, 4),
            ]
        );
    }

    #[test]
    fn what_is_no_dashboard_is_named() {
        let finding = |json: &str| Board::of("a.json", json).unwrap_err().to_string();
        assert!(finding("{\n]").starts_with("a.json:2: it is not JSON: "));
        assert_eq!(
            finding("[]"),
            "a.json: it is not a dashboard of the classic schema: it has no `panels` [unknown-file]"
        );
    }
}
