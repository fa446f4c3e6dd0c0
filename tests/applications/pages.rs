//! The pages of the applications in a browser, while their jobs run: what they show is what a
//! scrape shows.

use std::{collections::BTreeMap, net::SocketAddr};

use osapi_metrics_artefacts::explore::{Exploration, ExploreOptions};
use osapi_metrics_tests::{
    explorer_page::{ExplorerPage, Row},
    otlp_receiver::{Labels, Value},
    scrape::{Format, scrape},
};

use tokio::task::spawn_blocking;

use crate::{
    alone,
    application::Application,
    patience::until,
    work::{Outcome, job_queue::JobQueue, osapi::Osapi, tasker::Tasker},
};

/// What one process of an application shows of its jobs.
struct Looked {
    /// A counter of jobs, all of whose labels a table shows.
    counter: &'static str,
    /// A label of it, and a value that both good and bad work or good work has.
    filter: (&'static str, &'static str),
    /// The counter of errors, with its label of jobs.
    errors: (&'static str, &'static str),
    /// A row of the table of jobs whose jobs fail.
    failing: &'static str,
    /// All rows that the work brings.
    jobs: &'static [&'static str],
}

trait Worked {
    const LOOKED: Looked;

    /// Runs jobs that complete and jobs that fail.
    async fn work(&self);

    /// The process that is looked at, which runs jobs.
    fn process(&mut self) -> &mut Application;
}

impl Worked for Osapi {
    const LOOKED: Looked = Looked {
        counter: "osapi_jobs_completed_total",
        filter: ("job_name", "file.sha256"),
        errors: ("osapi_job_errors_total", "job_name"),
        failing: "file.sha256",
        jobs: &["dns.resolve", "file.sha256", "node.load", "wait"],
    };

    async fn work(&self) {
        tokio::join!(self.attempt(Outcome::Good), self.attempt(Outcome::Bad));
    }

    fn process(&mut self) -> &mut Application {
        self.first_agent()
    }
}

impl Worked for Tasker {
    const LOOKED: Looked = Looked {
        counter: "tasker_steps_claimed_total",
        filter: ("namespace", "math"),
        errors: ("tasker_steps_failures_total", "namespace"),
        failing: "faults",
        jobs: &["execute", "faults", "math"],
    };

    async fn work(&self) {
        tokio::join!(self.attempt(Outcome::Good), self.attempt(Outcome::Bad));
    }

    fn process(&mut self) -> &mut Application {
        self.whole()
    }
}

impl Worked for JobQueue {
    const LOOKED: Looked = Looked {
        counter: "jobs_processed_total",
        filter: ("status", "completed"),
        errors: ("errors_total", "service"),
        failing: "simulation",
        jobs: &["run_attempt", "simulation"],
    };

    async fn work(&self) {
        tokio::join!(self.attempt(Outcome::Good), self.attempt(Outcome::Bad));
    }

    fn process(&mut self) -> &mut Application {
        self.first_worker()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_osapi_shows_its_work() {
    let _alone = alone().await;
    let Some(mut osapi) = Osapi::start().await else { return };
    let Some(mut page) = ExplorerPage::new(osapi.process().explorer()) else { return };
    look_while_it_works(&mut osapi, &mut page).await;
    take_pictures(&osapi, &mut page).await;
    leave_and_come_back(&mut osapi, &mut page).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_tasker_shows_its_work() {
    let _alone = alone().await;
    let Some(mut tasker) = Tasker::start().await else { return };
    let Some(mut page) = ExplorerPage::new(tasker.process().explorer()) else { return };
    look_while_it_works(&mut tasker, &mut page).await;
    leave_and_come_back(&mut tasker, &mut page).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_job_queue_shows_its_work() {
    let _alone = alone().await;
    let Some(mut job_queue) = JobQueue::start().await else { return };
    let Some(mut page) = ExplorerPage::new(job_queue.process().explorer()) else { return };
    look_while_it_works(&mut job_queue, &mut page).await;
    leave_and_come_back(&mut job_queue, &mut page).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_page_shows_all_processes_of_osapi() {
    let _alone = alone().await;
    let Some(mut osapi) = Osapi::start().await else { return };
    let counter = Osapi::LOOKED.counter;
    let addresses: Vec<_> = osapi.applications().map(address).collect();
    let urls = addresses.iter().map(|address| format!("http://{address}/metrics"));
    let mut options = ExploreOptions::new(urls.collect());
    options.listen.set_port(0);
    let start = move || Exploration::start(&options, |notice| eprintln!("{notice}"));
    let exploration = spawn_blocking(start).await.expect("no panic").expect("all answer");
    let url = format!("http://{}/metrics/explorer", exploration.address());
    let Some(mut page) = ExplorerPage::new(&url) else { return };

    page.open("#/jobs");
    until("the jobs are listed", async || {
        osapi.work().await;
        let rows = page.rows("jobs");
        let has = |job: &&str| rows.iter().any(|row| row[" "].starts_with(*job));
        Osapi::LOOKED.jobs.iter().all(has)
    })
    .await;
    // A page does not list hundreds of series.
    let (label, value) = Osapi::LOOKED.filter;
    page.go(&format!("#/metrics/{counter}?{label}={value}"));
    let of = |address: &SocketAddr| {
        let totals = totals(*address, counter).into_iter();
        let totals = totals.filter(|(labels, _)| labels[label] == value);
        let instance = address.to_string();
        totals.map(move |(mut labels, total)| {
            labels.insert("instance".to_owned(), instance.clone());
            (labels, total)
        })
    };
    agree_on(&mut page, counter, || addresses.iter().flat_map(of).collect());

    // One process of them.
    let agent = address(osapi.first_agent());
    page.browser.evaluate(&format!(
        "(() => {{ const choice = document.getElementById('instance'); \
         choice.value = '{agent}'; choice.dispatchEvent(new Event('change')); }})()"
    ));
    agree_on(&mut page, counter, || of(&agent).collect());

    // It goes away, which the others do not.
    osapi.first_agent().kill();
    page.go("#/metrics/up");
    let up = |page: &mut ExplorerPage| {
        let rows = page.rows("series").into_iter();
        rows.map(|row| (row["instance"].clone(), row["Value"].clone())).collect::<BTreeMap<_, _>>()
    };
    page.browser.evaluate(
        "(() => { const choice = document.getElementById('instance'); choice.value = ''; \
         choice.dispatchEvent(new Event('change')); })()",
    );
    let expected: BTreeMap<_, _> = addresses
        .iter()
        .map(|it| (it.to_string(), if *it == agent { "0" } else { "1" }.to_owned()))
        .collect();
    until("the process is missed", async || up(&mut page) == expected).await;
    assert_eq!(page.browser.problems(), [""; 0]);
}

/// Pictures of the page while jobs run, for who looks at the output of the tests.
async fn take_pictures(osapi: &Osapi, page: &mut ExplorerPage) {
    for (scheme, (width, height), place, name) in [
        ("light", (1_280, 720), "#/jobs?open=file.sha256", "explorer-jobs-light"),
        ("dark", (1_280, 720), "#/jobs?open=file.sha256", "explorer-jobs-dark"),
        ("light", (1_280, 720), "#/metrics", "explorer-metrics-light"),
        ("dark", (1_280, 720), "#/charts", "explorer-charts-dark"),
        ("light", (360, 740), "#/jobs?open=file.sha256", "explorer-jobs-narrow"),
    ] {
        page.browser.prefer(&[("prefers-color-scheme", scheme)]);
        page.browser.resize(width, height);
        page.open(place);
        page.browser.evaluate("document.querySelector('#ranges button').click()");
        osapi.work().await;
        page.browser.wait_for("document.querySelector('#main canvas')?.width > 0");
        let is_dark = page
            .browser
            .evaluate("getComputedStyle(document.body).backgroundColor === 'rgb(13, 18, 23)'");
        assert_eq!(is_dark, scheme == "dark", "{name}");
        page.keep_picture(name);
    }
}

async fn look_while_it_works<W: Worked>(worked: &mut W, page: &mut ExplorerPage) {
    let looked = W::LOOKED;
    page.open("#/jobs");
    let address = address(worked.process());
    let fails =
        |labels: &Labels| labels.get(looked.errors.1).is_some_and(|it| it == looked.failing);
    until("the process has failed jobs and others", async || {
        worked.work().await;
        let errors = totals(address, looked.errors.0);
        errors.keys().any(fails) && !totals(address, looked.counter).is_empty()
    })
    .await;

    // Each handler or kind of job has a row, and a failing one the classes of its errors.
    until("the jobs are listed", async || {
        let rows = page.rows("jobs");
        let has = |job: &&str| rows.iter().any(|row| row[" "].starts_with(*job));
        looked.jobs.iter().all(has)
    })
    .await;
    let errors = totals(address, looked.errors.0);
    let classes: Vec<_> = errors.keys().filter(|&labels| fails(labels)).map(class).collect();
    until("the classes of errors are shown", async || {
        let failures = page.failures(looked.failing);
        failures.contains(" of ") && classes.iter().all(|class| failures.contains(class))
    })
    .await;

    // The work is over, so the page and a scrape agree.
    page.go(&format!("#/metrics/{}", looked.counter));
    agree(page, address, looked.counter, |_| true);
    let (label, value) = looked.filter;
    page.follow("series", value);
    agree(page, address, looked.counter, |labels| labels[label] == value);
    assert!(page.rows("series").iter().all(|row| row[label] == value));
    let place = page.browser.evaluate("location.hash");
    assert!(place.as_str().is_some_and(|hash| hash.ends_with(&format!("?{label}={value}"))));

    // A page that was just opened knows how many jobs have ended, before it has read a history.
    page.open("#/metrics");
    let ended = "[...document.querySelectorAll('#summary a')] \
                 .find((item) => item.innerText.startsWith('Ended')).innerText";
    let ended = page.browser.evaluate(ended);
    assert!(ended.as_str().is_some_and(|text| !text.contains("no data")), "{ended}");
    page.search(looked.counter);
    until("only the metric is listed", async || {
        let rows = page.rows("metrics");
        rows.len() == 1 && rows[0][" "].starts_with(looked.counter)
    })
    .await;
    page.search("no metric has these words");
    until("nothing is listed", async || page.rows("metrics").is_empty()).await;

    // A pause holds what is shown, and nothing is lost by it.
    page.go(&format!("#/metrics/{}", looked.counter));
    agree(page, address, looked.counter, |_| true);
    page.pause();
    page.wait_for_state("paused");
    let held = page.rows("series");
    let before = totals(address, looked.counter);
    until("the process has done more", async || {
        worked.work().await;
        totals(address, looked.counter) != before
    })
    .await;
    page.browser.wait_for("/behind/.test(document.getElementById('status').innerText)");
    assert_eq!(page.rows("series"), held);
    page.pause();
    page.wait_for_state("live");
    agree(page, address, looked.counter, |_| true);
    assert_eq!(page.browser.problems(), [""; 0]);
}

/// A process that ends is missed, and one that comes back is shown with its new numbers.
async fn leave_and_come_back<W: Worked>(worked: &mut W, page: &mut ExplorerPage) {
    let looked = W::LOOKED;
    let address = address(worked.process());
    page.open(&format!("#/metrics/{}", looked.counter));
    worked.process().kill();
    page.wait_for_state("gone");
    page.browser
        .wait_for("/the process is gone/.test(document.getElementById('status').innerText)");
    worked.process().start_again().await;
    page.wait_for_state("live");
    until("the process works again", async || {
        worked.work().await;
        !totals(address, looked.counter).is_empty()
    })
    .await;
    agree(page, address, looked.counter, |_| true);
}

/// Waits until the page shows the series of a counter that a scrape has, with its values.
fn agree(
    page: &mut ExplorerPage,
    address: SocketAddr,
    counter: &str,
    is_wanted: impl Fn(&Labels) -> bool,
) {
    agree_on(page, counter, || {
        let mut scraped = totals(address, counter);
        scraped.retain(|labels, _| is_wanted(labels));
        scraped
    });
}

/// Waits until the page shows these series of a counter.
fn agree_on(
    page: &mut ExplorerPage,
    counter: &str,
    scraped: impl Fn() -> BTreeMap<Labels, String>,
) {
    let mut seen = (BTreeMap::new(), BTreeMap::new());
    for _ in 0..600 {
        let shown = page.rows("series").iter().map(series).collect();
        seen = (shown, scraped());
        if seen.0 == seen.1 && !seen.0.is_empty() {
            return;
        }
        page.browser.evaluate("new Promise((later) => setTimeout(later, 100))");
    }
    panic!("{counter}: the page shows {:#?}, and a scrape {:#?}", seen.0, seen.1);
}

/// The labels and the total of a row of the page.
fn series(row: &Row) -> (Labels, String) {
    let mut labels = row.clone();
    let total = labels.remove("Total").expect("a counter");
    labels.remove("Rate");
    (labels, total)
}

/// The labels and the totals of a counter in a scrape.
fn totals(address: SocketAddr, counter: &str) -> BTreeMap<Labels, String> {
    let mut families = scrape(address, "/metrics", Format::Text);
    let series = families.remove(counter).unwrap_or_default().series.into_iter();
    let totals = series.map(|(mut labels, value)| {
        labels.retain(|name, _| !name.starts_with("otel_scope_"));
        let Value::Number(total) = value else { panic!("{counter} is no counter") };
        (labels, total.to_string())
    });
    totals.collect()
}

/// The class of an error, as the page calls it.
fn class(labels: &Labels) -> String {
    let parts = ["error_type", "error_name"].iter().filter_map(|label| labels.get(*label));
    parts.map(String::as_str).collect::<Vec<_>>().join(" · ")
}

fn address(process: &Application) -> SocketAddr {
    process.address().parse().expect("an address")
}
