use std::fmt;

use super::checklist::{CheckItem, Checklist, Finding};

impl fmt::Display for Checklist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items.iter().try_for_each(|item| writeln!(f, "{item}"))
    }
}

impl fmt::Display for CheckItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = self.title;
        match &self.finding {
            Finding::Ok(numbers) => write!(f, "ok    {title}: {numbers}"),
            Finding::Miss(numbers) => write!(f, "MISS  {title}: {numbers}"),
            Finding::NotChecked(reason) => write!(f, "-     {title}: not checked, {reason}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_item_is_a_line() {
        let findings = [
            Finding::Ok("4 of 4".to_owned()),
            Finding::Miss("3 of 4".to_owned()),
            Finding::NotChecked("give --log FILE".to_owned()),
        ];
        let items = findings.map(|finding| CheckItem { title: "all are closed", finding });
        assert_eq!(
            Checklist { items: items.to_vec() }.to_string(),
            "ok    all are closed: 4 of 4\n\
             MISS  all are closed: 3 of 4\n\
             -     all are closed: not checked, give --log FILE\n"
        );
    }
}
