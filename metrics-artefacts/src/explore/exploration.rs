use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, iter,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread,
    time::{Duration, Instant, SystemTime},
};

use osapi_metrics::{
    catalogue::document::CatalogueDocument,
    http::{Listener, Server, ServerLimits},
};
use osapi_metrics_explorer::{Live, ProcessInfo};
use osapi_metrics_rules::excerpt::ShownAddress;
use tokio::runtime::{Builder, Runtime};

use super::{
    declared::Declared,
    error::ExploreError,
    notice::Notice,
    options::{ExploreOptions, MAX_TARGETS},
    recorder::Recorder,
    server::{Page, router},
    target::Target,
};
use crate::catalogue::Catalogues;

/// The time between two frames, and between two questions to one process.
const INTERVAL: Duration = Duration::from_secs(1);

/// Who gets the notices.
type Notify = Arc<dyn Fn(&Notice) + Send + Sync>;

/// A page that is served until it is dropped.
#[must_use = "the page ends when it is dropped"]
pub struct Exploration {
    address: SocketAddr,
    /// Nothing is sent: the threads end when the senders are dropped.
    _stop: Vec<Sender<()>>,
    _server: Server,
    /// Taken when it is dropped.
    runtime: Option<Runtime>,
}

impl Exploration {
    /// Asks every process once, and serves the page then. A process that does not answer yet may
    /// answer later, if another one answers now.
    ///
    /// # Errors
    ///
    /// [`ExploreError`] if no process answers, a given catalogue cannot be read, or the address of
    /// the page cannot be listened on.
    ///
    /// # Panics
    ///
    /// In async code, because it waits for the answers of the processes.
    pub fn start(
        options: &ExploreOptions,
        notify: impl Fn(&Notice) + Send + Sync + 'static,
    ) -> Result<Self, ExploreError> {
        let given = options.catalogues.iter();
        let given = given.map(|source| source.load(options.token.as_ref()));
        let given: Vec<CatalogueDocument> = given.collect::<Result<_, _>>()?;
        let targets: Arc<[Target]> = targets(options, &given)?.into();
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(ExploreError::NoThread)?;
        let listener = runtime.block_on(Listener::bind(options.listen, ServerLimits::default()))?;
        let notify: Notify = Arc::new(notify);
        ask_all(&targets, &notify)?;

        let live = Live::new(process_of(&targets), INTERVAL);
        let page = Page::new(live, Arc::clone(&targets), given);
        let mut stop = Vec::new();
        for place in 0..targets.len() {
            let (targets, notify) = (Arc::clone(&targets), Arc::clone(&notify));
            let ask = move || targets[place].ask(&*notify);
            stop.push(every_interval("osapi-metrics-target", ask)?);
        }
        let mut recorder = Recorder::new(targets.len());
        let shown = page.clone();
        stop.push(every_interval("osapi-metrics-explore", move || {
            record(&targets, &shown, &mut recorder);
        })?);
        let address = listener.address();
        let server = {
            let _entered = runtime.enter();
            listener.serve(router(page))
        };
        Ok(Self { address, _stop: stop, _server: server, runtime: Some(runtime) })
    }

    /// The address that the page is served on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Exploration {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // It may be dropped in async code, which must not wait.
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Exploration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exploration").field("address", &self.address).finish_non_exhaustive()
    }
}

fn targets(
    options: &ExploreOptions,
    given: &[CatalogueDocument],
) -> Result<Vec<Target>, ExploreError> {
    let ExploreOptions { urls, timeout, token, .. } = options;
    match urls.len() {
        0 => return Err(ExploreError::NoTarget),
        count if count > MAX_TARGETS => return Err(ExploreError::TooManyTargets(count)),
        _ => {}
    }
    if let Some(twice) = urls.iter().enumerate().find(|(at, url)| urls[..*at].contains(url)) {
        return Err(ExploreError::Twice(ShownAddress(twice.1).to_string()));
    }
    let declared = || Arc::new(Declared::of(&Catalogues::of(given.to_vec())));
    let declared = (!given.is_empty()).then(declared);
    let named = urls.iter().zip(instances(urls));
    let target = |(url, instance): (&String, String)| {
        Target::new(url.clone(), instance, *timeout, token.clone(), declared.clone())
    };
    Ok(named.map(target).collect())
}

/// The labels of processes: host and port, and the path where several have one host and port.
fn instances(urls: &[String]) -> Vec<String> {
    let parts = |url: &str| {
        let url = url.split_once("://").map_or(url, |(_, rest)| rest);
        let end = url.find(['/', '?', '#']).unwrap_or(url.len());
        let (authority, path) = url.split_at(end);
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        (host.to_owned(), path.to_owned())
    };
    let mut hosts = BTreeMap::new();
    for url in urls {
        *hosts.entry(parts(url).0).or_insert(0) += 1;
    }
    let instance = |url: &String| {
        let (host, path) = parts(url);
        if hosts[&host] > 1 { host + &path } else { host }
    };
    urls.iter().map(instance).collect()
}

/// Asks every process at the same time.
fn ask_all(targets: &[Target], notify: &Notify) -> Result<(), ExploreError> {
    let problems = Mutex::new(Vec::new());
    let collect = |notice: &Notice| {
        let mut problems = problems.lock().unwrap_or_else(PoisonError::into_inner);
        problems.push(notice.clone());
    };
    thread::scope(|scope| {
        for target in targets {
            scope.spawn(|| target.ask(&collect));
        }
    });
    let problems = problems.into_inner().unwrap_or_else(PoisonError::into_inner);
    if targets.iter().all(|target| target.families().is_none()) {
        let problems = problems.iter().map(ToString::to_string).collect();
        return Err(ExploreError::NobodyAnswers(problems));
    }
    for notice in &problems {
        notify(notice);
    }
    Ok(())
}

/// What the page calls all of them.
fn process_of(targets: &[Target]) -> ProcessInfo {
    let services: BTreeSet<String> = targets.iter().filter_map(Target::service).collect();
    let name = services.into_iter().collect::<Vec<_>>().join(", ");
    let count = match targets {
        [one] => one.instance.clone(),
        several => format!("{} processes", several.len()),
    };
    ProcessInfo::new(name, "", count, 0)
}

fn record(targets: &[Target], page: &Page, recorder: &mut Recorder) {
    let families: Vec<_> = targets.iter().map(Target::families).collect();
    let mut known = BTreeSet::new();
    for target in targets {
        target.add_recorded(&mut known);
    }
    let declared = page.catalogue();
    let metrics = declared.sets.iter().flat_map(|set| &set.metrics);
    let names = metrics.map(|metric| metric.name.as_str());
    let never: Vec<_> = names.filter(|name| !known.contains(*name)).collect();
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let time = u64::try_from(since.as_millis()).unwrap_or_default();
    let readings = iter::zip(targets, &families)
        .map(|(target, families)| (&*target.instance, families.as_deref()));
    page.live().record(time, &never, |frame| recorder.record(readings, frame));
}

/// Runs a task now and at each interval, on a thread of its own, until the sender is dropped.
fn every_interval(
    name: &str,
    mut task: impl FnMut() + Send + 'static,
) -> Result<Sender<()>, ExploreError> {
    let (stop, stopped): (_, Receiver<()>) = mpsc::channel();
    let run = move || {
        let mut next = Instant::now();
        loop {
            task();
            next = (next + INTERVAL).max(Instant::now());
            let wait = next.saturating_duration_since(Instant::now());
            if stopped.recv_timeout(wait) != Err(RecvTimeoutError::Timeout) {
                return;
            }
        }
    };
    thread::Builder::new().name(name.to_owned()).spawn(run).map_err(ExploreError::NoThread)?;
    Ok(stop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_is_as_short_as_it_can_be() {
        let of = |urls: &[&str]| {
            instances(&urls.iter().map(|url| (*url).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(
            of(&["http://a:1/metrics", "https://me:secret@b:2/metrics?x=1", "http://[::1]:3"]),
            ["a:1", "b:2", "[::1]:3"]
        );
        assert_eq!(of(&["http://a/x", "http://a/y", "http://b/x"]), ["a/x", "a/y", "b"]);
    }
}
