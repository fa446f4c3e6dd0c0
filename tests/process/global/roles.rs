//! Roles of an instrumentation while recording is off.

use osapi_metrics::{
    Counter, Histogram, MetricSet, Metrics, UpDownCounter,
    config::Environment,
    roles::{Active, Count, Distribution, RecordRoles, Seconds},
};
use osapi_metrics_tests::reading::{Reading, install};

use crate::take_turn;

/// What an instrumentation of a mail server measures.
#[derive(Debug, Default)]
struct MailRoles {
    sent: Count,
    send_time: Distribution<Seconds>,
    open: Active,
}

#[derive(MetricSet)]
#[metric_set(prefix = "off_mail", roles(of = MailRoles))]
struct Mail {
    /// Mails sent.
    #[metric(on = sent)]
    sent_total: Counter,
    /// Time to send a mail.
    #[metric(unit = "s", on = send_time)]
    send_seconds: Histogram,
    /// Connections now open.
    #[metric(on = open)]
    open: UpDownCounter,
}

#[test]
fn what_is_switched_off_is_not_recorded() {
    let _turn = take_turn();
    let off = Metrics::builder().environment(Environment::default()).install().unwrap();
    let roles = Mail::global().roles(&());
    let allocated = allocation_counter::measure(|| {
        roles.sent.inc(&());
        roles.send_time.record(&(), 1.0);
        drop(roles.open.guard(&()));
    });
    assert_eq!(allocated.count_total, 0);
    let begun_off = roles.open.guard(&());
    drop(off);

    let on = install();
    let number = |name: &str| Reading::of(&on).number(name, &[]);
    assert_eq!(number("off_mail_sent_total"), Some(0.0));
    assert_eq!(number("off_mail_open"), Some(0.0));
    let times = Reading::of(&on).histogram("off_mail_send_seconds", &[]);
    assert!(times.is_none_or(|times| times.count == 0));
    // What began while recording was off does not end while it is on.
    let begun_on = roles.open.guard(&());
    drop(begun_off);
    assert_eq!(number("off_mail_open"), Some(1.0));
    roles.sent.inc(&());
    assert_eq!(number("off_mail_sent_total"), Some(1.0));
    drop(on);

    // What began while it was on ends also while it is off.
    let off = Metrics::builder().environment(Environment::default()).install().unwrap();
    drop(begun_on);
    drop(off);
    assert_eq!(Reading::of(&install()).number("off_mail_open", &[]), Some(0.0));
}
