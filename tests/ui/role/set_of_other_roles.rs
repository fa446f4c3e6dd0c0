use osapi_metrics::{
    Counter, MetricSet,
    roles::{Count, RecordRoles},
};

#[derive(Debug, Default)]
struct MailRoles {
    sent: Count,
}

#[derive(Debug, Default)]
struct ChatRoles {
    sent: Count,
}

#[derive(MetricSet)]
#[metric_set(prefix = "shop", roles(of = MailRoles))]
struct ShopMail {
    /// Mails sent.
    #[metric(on = sent)]
    sent_total: Counter,
}

fn main() {
    let _roles = observe::<ShopMail>();
}

fn observe<S: RecordRoles<ChatRoles, Labels = ()>>() -> ChatRoles {
    S::global().roles(&())
}
