/// Names that are left out: each a name, in which `*` stands for any characters or none.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Patterns(Vec<Box<str>>);

impl Patterns {
    pub(super) fn new<P: AsRef<str>>(patterns: impl IntoIterator<Item = P>) -> Self {
        Self(patterns.into_iter().map(|pattern| pattern.as_ref().into()).collect())
    }

    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "nothing is read there"))]
    pub(super) fn match_name(&self, name: &str) -> bool {
        self.0.iter().any(|pattern| matches(pattern, name))
    }
}

fn matches(pattern: &str, name: &str) -> bool {
    let Some((begin, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(begin) else { return false };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    // The first place of each part leaves the most for the parts after it.
    for part in middle.split('*') {
        let Some(at) = name.find(part) else { return false };
        name = &name[at + part.len()..];
    }
    name.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::Patterns;

    #[test]
    fn a_star_stands_for_any_characters() {
        let matched = |pattern: &str, name| Patterns::new([pattern]).match_name(name);
        assert!(matched("veth*", "veth12ab") && matched("veth*", "veth") && matched("lo", "lo"));
        assert!(!matched("veth*", "eth0") && !matched("lo", "lo0") && !matched("", "lo"));
        assert!(
            matched("/var/*/shm", "/var/lib/docker/shm") && matched("*", "") && matched("**", "a")
        );
        assert!(matched("a*b*c", "abbc") && !matched("a*b*c", "acb") && !matched("a*a", "a"));
        assert!(matched("*ä*", "mälzer"));
    }

    #[test]
    fn no_pattern_matches_nothing() {
        assert!(!Patterns::new([""; 0]).match_name("eth0"));
    }
}
