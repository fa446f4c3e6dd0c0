/// The rooms of a crate and their floors.
pub(crate) struct Table {
    rooms: Vec<(String, u32)>,
}

/// A room, and the floor that it is on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room<'a> {
    pub(crate) name: &'a str,
    pub(crate) floor: u32,
}

impl Table {
    /// Reads the table below the heading `## name`: rows of a floor, a room in backticks, and text.
    /// A cell may name several rooms.
    pub(crate) fn parse(page: &str, name: &str) -> Self {
        let heading = format!("## {name}");
        let section = page.lines().skip_while(|line| *line != heading).skip(1);
        let section = section.take_while(|line| !line.starts_with("## "));
        let mut rooms = Vec::new();
        for line in section.filter(|line| line.starts_with('|')) {
            let cells: Vec<_> = line.split('|').map(str::trim).collect();
            let [_, floor, names, ..] = cells[..] else { continue };
            let Ok(floor) = floor.parse() else { continue };
            let names = names.split('`').skip(1).step_by(2);
            rooms.extend(names.map(|name| (name.trim_end_matches(".rs").to_owned(), floor)));
        }
        assert!(!rooms.is_empty(), "docs/architecture.md has no table below `{heading}`");
        Self { rooms }
    }

    pub(crate) fn rooms(&self) -> impl Iterator<Item = &str> {
        self.rooms.iter().map(|(name, _)| name.as_str())
    }

    /// The room that a file is in: the innermost room whose path begins the file's path.
    pub(crate) fn room_of(&self, file: &str) -> Option<Room<'_>> {
        let path = file.trim_end_matches(".rs");
        let holds = |room: &str| {
            path.strip_prefix(room).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let rooms = self.rooms.iter().filter(|(name, _)| holds(name));
        let (name, floor) = rooms.max_by_key(|(name, _)| name.len())?;
        Some(Room { name, floor: *floor })
    }
}
