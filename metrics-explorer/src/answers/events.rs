//! The data of the events of `/live`.

use super::{
    describe::{push_head, push_series, push_state},
    process::ProcessInfo,
};
use crate::{
    history::{History, Series},
    json::{push_integer, push_list, push_text},
};

impl History {
    /// The data of an event `hello`: every series with its newest value. `never_recorded` has the
    /// names of the declared metrics that nobody has recorded.
    #[must_use]
    pub fn hello(
        &self,
        process: &ProcessInfo,
        interval_ms: u64,
        never_recorded: &[impl AsRef<str>],
    ) -> String {
        let mut event = String::from("{");
        push_head(&mut event, process, interval_ms, self.left_out());
        event.push_str(",\"time_ms\":");
        push_integer(&mut event, self.time_ms());
        push_never_recorded(&mut event, never_recorded);
        event.push_str(",\"series\":");
        let series =
            || self.series().map(|(_, series)| series).filter(|series| series.is_going_on());
        push_described(&mut event, series());
        event.push_str(",\"values\":");
        push_newest(&mut event, series());
        event.push('}');
        event
    }

    /// The data of an event `update`: what the newest frame has changed. `never_recorded` is given
    /// if it has changed.
    #[must_use]
    pub fn update(&self, never_recorded: Option<&[impl AsRef<str>]>) -> String {
        let news = self.news();
        let mut event = String::from("{\"time_ms\":");
        push_integer(&mut event, self.time_ms());
        event.push_str(",\"left_out\":");
        push_integer(&mut event, self.left_out() as u64);
        if let Some(names) = never_recorded {
            push_never_recorded(&mut event, names);
        }
        event.push_str(",\"series\":");
        push_described(&mut event, news.begun.iter().filter_map(|key| self.of_key(*key)));
        event.push_str(",\"ended\":");
        push_list(&mut event, &news.ended, |event, id| push_integer(event, *id));
        event.push_str(",\"values\":");
        push_newest(&mut event, news.changed.iter().filter_map(|key| self.of_key(*key)));
        event.push('}');
        event
    }
}

fn push_never_recorded(text: &mut String, names: &[impl AsRef<str>]) {
    text.push_str(",\"never_recorded\":");
    push_list(text, names, |text, name| push_text(text, name.as_ref()));
}

fn push_described<'a>(text: &mut String, series: impl Iterator<Item = &'a Series>) {
    push_list(text, series, |text, series| {
        text.push('{');
        push_series(text, &series.identity);
        text.push('}');
    });
}

fn push_newest<'a>(text: &mut String, series: impl Iterator<Item = &'a Series>) {
    push_list(text, series, |text, series| {
        text.push('[');
        push_integer(text, series.identity.id);
        text.push(',');
        push_state(text, Some(&series.newest));
        text.push(']');
    });
}
