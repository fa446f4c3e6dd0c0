//! Infos and state sets.

use std::{sync::Barrier, thread};

use osapi_metrics::{Info, LabelSet, LabelValue, MetricSet, StateSet, exposition::Format, testing};

use crate::{RUNTIME, read};

#[derive(Debug, LabelSet)]
struct Firmware<'a> {
    #[label(max = 1)]
    version: &'a str,
    #[label(max = 1)]
    board: String,
}

#[derive(Clone, Copy, Debug, LabelValue, LabelSet)]
enum Role {
    Leader,
    Follower,
}

#[derive(Clone, Copy, Debug, LabelValue)]
enum Link {
    Down,
    #[label(rename = "going-up")]
    GoingUp,
    Up,
}

#[derive(Debug, LabelSet)]
struct Port {
    #[label(max = 2)]
    port: u16,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "facts")]
struct Facts {
    /// The firmware that runs.
    firmware_info: Info<Firmware<'static>>,
    /// What the process is.
    #[metric(name = "facts.role.info")]
    role: Info<Role>,
    /// Never set.
    #[expect(dead_code, reason = "nothing to export")]
    never_info: Info<Role>,
    /// What the link does.
    link_state: StateSet<Link>,
    /// What is up, for states that do not exclude each other.
    #[metric(name = "facts.links")]
    links: StateSet<Link>,
    /// What the link of each role does.
    role_state: StateSet<Link, Role>,
    /// What each port does.
    port_state: StateSet<Link, Port>,
    /// Never set.
    #[expect(dead_code, reason = "nothing to export")]
    never_state: StateSet<Link>,
}

fn firmware(version: &'static str) -> Firmware<'static> {
    Firmware { version, board: "b".to_owned() }
}

fn states(name: &str, labels: &[(&str, &str)]) -> [Option<f64>; 3] {
    let reading = read();
    ["down", "going-up", "up"].map(|state| {
        let labels: Vec<_> = labels.iter().copied().chain([(name, state)]).collect();
        reading.number(name, &labels)
    })
}

#[test]
fn new_facts_replace_the_facts_before() {
    let info = &Facts::global().firmware_info;
    let series =
        |version| read().number("facts_firmware_info", &[("version", version), ("board", "b")]);
    for (now, before) in [("1", "0"), ("2", "1"), ("2", "1"), ("3", "2")] {
        info.set(firmware(now));
        assert_eq!((series(now), series(before)), (Some(1.0), None));
    }
    info.clear();
    assert_eq!(series("3"), None);
    info.set(firmware("3"));
    assert_eq!(series("3"), Some(1.0));
    // One value at a time is within the limit of 1.
    let overflow = [("otel_metric_overflow", "true")];
    assert_eq!(read().number("facts_firmware_info", &overflow), None);
}

#[test]
fn facts_of_an_enum_have_one_series_too() {
    let series = |role| read().number("facts_role_info", &[("role", role)]);
    Facts::global().role.set(Role::Leader);
    assert_eq!((series("leader"), series("follower")), (Some(1.0), None));
    Facts::global().role.set(Role::Follower);
    assert_eq!((series("leader"), series("follower")), (None, Some(1.0)));
}

#[test]
fn a_state_replaces_the_state_before() {
    let link = &Facts::global().link_state;
    link.set(Link::Up);
    assert_eq!(states("facts_link_state", &[]), [Some(0.0), Some(0.0), Some(1.0)]);
    link.set(Link::GoingUp);
    assert_eq!(states("facts_link_state", &[]), [Some(0.0), Some(1.0), Some(0.0)]);
    link.clear();
    assert_eq!(states("facts_link_state", &[]), [None; 3]);
}

#[test]
fn flags_hold_beside_each_other() {
    let links = &Facts::global().links;
    links.set_flag(Link::Up, true);
    assert_eq!(states("facts_links", &[]), [Some(0.0), Some(0.0), Some(1.0)]);
    links.set_flag(Link::Down, true);
    assert_eq!(states("facts_links", &[]), [Some(1.0), Some(0.0), Some(1.0)]);
    links.set_flag(Link::Up, false);
    assert_eq!(states("facts_links", &[]), [Some(1.0), Some(0.0), Some(0.0)]);
}

#[test]
fn each_combination_of_labels_has_a_state_of_its_own() {
    let roles = &Facts::global().role_state;
    roles.with(Role::Leader).set(Link::Up);
    let leader = [("role", "leader")];
    assert_eq!(states("facts_role_state", &leader), [Some(0.0), Some(0.0), Some(1.0)]);
    assert_eq!(states("facts_role_state", &[("role", "follower")]), [None; 3]);

    let ports = &Facts::global().port_state;
    for port in [80, 443] {
        ports.with(Port { port }).set(Link::Down);
    }
    let [http, https] = [[("port", "80")], [("port", "443")]];
    assert!(ports.remove(Port { port: 80 }));
    assert!(!ports.remove(Port { port: 80 }));
    assert_eq!(states("facts_port_state", &http), [None; 3]);
    assert_eq!(states("facts_port_state", &https), [Some(1.0), Some(0.0), Some(0.0)]);
}

/// A state set without one of its states is no state set, and different things have no common one.
#[test]
fn what_is_beyond_a_limit_has_no_states() {
    #[derive(Debug, MetricSet)]
    #[metric_set(prefix = "facts_limited", scope(labels = Unit))]
    struct OfUnits {
        /// What the link does.
        link_state: StateSet<Link>,
        /// The role.
        role_info: Info<Role>,
    }

    #[derive(Debug, LabelSet)]
    struct Unit {
        #[label(max = 1)]
        unit: u8,
    }

    let overflow = [("otel_metric_overflow", "true")];
    let overflowed = |metric| {
        read().number("osapi_metrics_overflowed_samples_total", &[("metric", metric)]).unwrap()
    };
    let [first, second] = [1, 2].map(|unit| OfUnits::scoped(Unit { unit }));
    for unit in [&first, &second] {
        unit.link_state.set(Link::Up);
        unit.link_state.set_flag(Link::Down, true);
        unit.role_info.set(Role::Leader);
    }
    let name = "facts_limited_link_state";
    assert_eq!(states(name, &[("unit", "1")]), [Some(1.0), Some(0.0), Some(1.0)]);
    assert_eq!(states(name, &[("unit", "2")]), [None; 3]);
    assert_eq!(read().number(name, &overflow), None);
    assert_eq!(read().number("facts_limited_role_info", &overflow), Some(1.0));
    assert_eq!((overflowed(name), overflowed("facts_limited_role_info")), (2.0, 1.0));
    // The room of an instance that ends is another one's.
    drop(first);
    second.link_state.set(Link::Down);
    assert_eq!(states(name, &[("unit", "2")]), [Some(1.0), Some(0.0), Some(0.0)]);
    assert_eq!(states(name, &[("unit", "1")]), [None; 3]);
    drop(second);
}

#[test]
fn the_states_of_a_recent_value_go_together() {
    #[derive(Debug, LabelSet)]
    struct Session {
        #[label(recent = 2)]
        session: u8,
    }

    #[derive(Debug, MetricSet)]
    #[metric_set(prefix = "facts_recent")]
    struct OfSessions {
        /// What the link of each session does.
        link_state: StateSet<Link, Session>,
    }

    let set = OfSessions::global();
    for session in [1, 2, 1, 3] {
        set.link_state.with(Session { session }).set(Link::Up);
    }
    let up = [Some(0.0), Some(0.0), Some(1.0)];
    let of = |session| states("facts_recent_link_state", &[("session", session)]);
    assert_eq!([of("1"), of("2"), of("3")], [up, [None; 3], up]);
}

/// Absent is not a state, so that `clear` begins no series.
#[test]
fn nothing_is_cleared_that_was_not_set() {
    #[derive(Debug, MetricSet)]
    #[metric_set(prefix = "facts_cleared")]
    struct Cleared {
        /// What each port does.
        port_state: StateSet<Link, Port>,
    }

    let ports = &Cleared::global().port_state;
    for port in 1..=5 {
        ports.with(Port { port }).clear();
    }
    for port in 6..=7 {
        ports.with(Port { port }).set(Link::Up);
    }
    let name = "facts_cleared_port_state";
    assert_eq!(read().number("osapi_metrics_series", &[("metric", name)]), Some(6.0));
    ports.with(Port { port: 6 }).clear();
    assert_eq!(states(name, &[("port", "6")]), [None; 3]);
    assert_eq!(states(name, &[("port", "7")]), [Some(0.0), Some(0.0), Some(1.0)]);
}

#[test]
fn what_was_not_set_is_absent() {
    for format in [Format::OpenMetrics, Format::Text] {
        let text = RUNTIME.render(format);
        // The metrics about metrics name them too.
        assert!(!text.lines().any(|line| line.starts_with("facts_never")), "{text}");
    }
}

#[test]
fn the_formats_have_their_types() {
    #[derive(Debug, MetricSet)]
    #[metric_set(prefix = "facts_typed")]
    struct Typed {
        /// What the process is.
        #[metric(name = "facts_typed.role.info")]
        role: Info<Role>,
        /// What the link does.
        link_state: StateSet<Link>,
    }

    Typed::global().link_state.set(Link::Up);
    Typed::global().role.set(Role::Leader);
    let (open, text) = (RUNTIME.render(Format::OpenMetrics), RUNTIME.render(Format::Text));
    for line in ["# TYPE facts_typed_role info\n", "# TYPE facts_typed_link_state stateset\n"] {
        assert!(open.contains(line), "{line}{open}");
    }
    for line in ["# TYPE facts_typed_role_info gauge\n", "# TYPE facts_typed_link_state gauge\n"] {
        assert!(text.contains(line), "{line}{text}");
    }
}

/// A collection has all of a change or nothing of it.
#[test]
fn a_reader_sees_one_state_and_one_fact_at_a_time() {
    #[derive(Debug, MetricSet)]
    #[metric_set(prefix = "facts_raced")]
    struct Raced {
        /// The firmware that runs.
        firmware_info: Info<Firmware<'static>>,
        /// What the link does.
        link_state: StateSet<Link>,
    }

    let (set, start) = (Raced::global(), Barrier::new(2));
    set.firmware_info.set(firmware("0"));
    set.link_state.set(Link::Up);
    thread::scope(|scope| {
        scope.spawn(|| {
            start.wait();
            for _ in 0..300 {
                for (version, state) in [("1", Link::Down), ("2", Link::GoingUp), ("3", Link::Up)] {
                    set.firmware_info.set(firmware(version));
                    set.link_state.set(state);
                }
            }
        });
        start.wait();
        for _ in 0..100 {
            let text = RUNTIME.render(Format::Text);
            let ones = |name: &str| {
                text.lines().filter(|line| line.starts_with(name) && line.ends_with(" 1")).count()
            };
            assert_eq!(ones("facts_raced_firmware_info{"), 1, "{text}");
            assert_eq!(ones("facts_raced_link_state{"), 1, "{text}");
        }
    });
}

#[test]
fn each_instance_of_a_set_has_facts_and_states_of_its_own() {
    #[derive(Debug, LabelSet)]
    struct Device {
        #[label(max = 3)]
        device: &'static str,
    }

    #[derive(Debug, MetricSet)]
    #[metric_set(prefix = "facts_scoped", scope(labels = Device))]
    struct OfDevices {
        /// The version that runs.
        version_info: Info<Version>,
        /// What the link does.
        link_state: StateSet<Link>,
    }

    #[derive(Debug, LabelSet)]
    struct Version {
        #[label(max = 3)]
        version: &'static str,
    }

    let [a, b] = ["a", "b"].map(|device| OfDevices::scoped(Device { device }));
    for (set, version) in [(&a, "1"), (&b, "2"), (&a, "3")] {
        set.version_info.set(Version { version });
        set.link_state.set(Link::Up);
    }
    let info = |device, version| {
        let labels = [("device", device), ("version", version)];
        read().number("facts_scoped_version_info", &labels)
    };
    let infos = [("a", "1"), ("a", "3"), ("b", "2")].map(|(device, version)| info(device, version));
    assert_eq!(infos, [None, Some(1.0), Some(1.0)]);
    assert_eq!(states("facts_scoped_link_state", &[("device", "b")])[2], Some(1.0));
    drop(a);
    assert_eq!((info("a", "3"), info("b", "2")), (None, Some(1.0)));
    assert_eq!(states("facts_scoped_link_state", &[("device", "a")]), [None; 3]);
    assert_eq!(states("facts_scoped_link_state", &[("device", "b")])[2], Some(1.0));
    drop(b);
}

#[test]
fn captures_have_facts_and_states() {
    let captured = testing::capture(|| {
        let set = Facts::global();
        set.firmware_info.set(firmware("7"));
        set.link_state.set(Link::Up);
        set.links.set_flag(Link::Down, true);
        set.links.set_flag(Link::Up, true);
        set.role_state.with(Role::Follower).set(Link::Down);
    });
    assert!(captured.info("facts_firmware_info", &[("version", "7"), ("board", "b")]));
    assert!(!captured.info("facts_firmware_info", &[("version", "1")]));
    assert!(!captured.info("facts.role.info", &[]));
    assert_eq!(captured.states("facts_link_state", &[]).unwrap(), ["up"]);
    assert_eq!(captured.states("facts.links", &[]).unwrap(), ["down", "up"]);
    assert_eq!(captured.states("facts_role_state", &[("role", "follower")]).unwrap(), ["down"]);
    assert_eq!(captured.states("facts_role_state", &[("role", "leader")]), None);
}

#[test]
fn the_descriptors_say_what_the_metrics_are() {
    let [firmware, role, _, link, links, ..] = Facts::DESCRIPTORS else { panic!("eight") };
    assert_eq!((firmware.prometheus_name(), firmware.series_budget()), ("facts_firmware_info", 1));
    assert_eq!(role.prometheus_name(), "facts_role_info");
    assert_eq!((link.labels[0].key, link.series_budget()), ("facts_link_state", 3));
    assert_eq!((links.labels[0].key, links.prometheus_name()), ("facts.links", "facts_links"));
}
