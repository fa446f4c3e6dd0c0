//! Functions that are generic over types, constants and lifetimes.

use std::{
    collections::BTreeMap,
    fmt::{Debug, Display},
    future::{Future, ready},
    hash::Hash,
};

use osapi_metrics::instrumented_job;

use crate::run;

#[instrumented_job(name = "generic.constants")]
fn constants<const ROWS: usize, const COLUMNS: usize, T: Copy + Default>(
    fill: T,
) -> [[T; COLUMNS]; ROWS] {
    [[fill; COLUMNS]; ROWS]
}

#[instrumented_job(name = "generic.bounds")]
fn bounds<'a, K, V, I>(entries: I) -> BTreeMap<K, &'a V>
where
    K: Ord + Hash + 'static,
    V: ?Sized + 'a,
    I: IntoIterator<Item = (K, &'a V)>,
{
    entries.into_iter().collect()
}

#[instrumented_job(name = "generic.any_lifetime")]
fn any_lifetime<F>(pick: F, text: &str) -> Option<String>
where
    F: for<'a> Fn(&'a str) -> Option<&'a str>,
{
    Some(pick(text)?.to_owned())
}

#[instrumented_job(name = "generic.dynamic")]
fn dynamic<'a>(values: &'a [&'a (dyn Display + Sync)]) -> Box<dyn Display + 'a> {
    match values {
        [] => Box::new("nothing"),
        [first, ..] => Box::new(*first),
    }
}

#[instrumented_job(name = "generic.implemented")]
fn implemented<T: Clone + Debug>(value: &T) -> impl Debug + Clone + use<T> {
    [value.clone()]
}

#[instrumented_job(name = "generic.fallible")]
fn fallible(parts: &str) -> Result<impl Debug + use<'_>, std::num::ParseIntError> {
    let first: u32 = parts.parse()?;
    Ok((parts, first))
}

#[instrumented_job(name = "generic.functions")]
fn functions(step: u32) -> impl Fn(u32) -> Result<u32, String> {
    move |value: u32| value.checked_add(step).ok_or_else(|| "too much".into())
}

#[instrumented_job(name = "generic.asynchronous")]
async fn asynchronous<T, F, const N: usize>(values: [T; N], mut map: impl FnMut(T) -> F) -> Vec<u32>
where
    F: Future<Output = u32>,
{
    let mut mapped = Vec::with_capacity(N);
    for value in values {
        mapped.push(map(value).await);
    }
    mapped
}

#[instrumented_job(name = "generic.borrowed")]
async fn borrowed<'long: 'short, 'short>(
    long: &'long str,
    short: &'short mut String,
) -> (&'long str, &'short str) {
    short.push_str(long);
    ready(()).await;
    (long, short)
}

/// Ring of `N` places.
struct Ring<T, const N: usize>([Option<T>; N]);

impl<T, const N: usize> Ring<T, N>
where
    T: PartialOrd,
{
    const PLACES: usize = N;

    #[instrumented_job(name = "generic.largest")]
    fn largest(&self) -> Option<&T> {
        let larger = |one, other| if one < other { other } else { one };
        self.0.iter().flatten().reduce(larger)
    }

    #[instrumented_job(name = "generic.filled")]
    async fn filled<U: Into<T>>(mut self, with: impl Fn(usize) -> U + Send) -> Self {
        for place in 0..Self::PLACES {
            ready(()).await;
            self.0[place] = Some(with(place).into());
        }
        self
    }
}

#[test]
fn callers_choose() {
    assert_eq!(constants::<2, 3, _>('x'), [['x'; 3]; 2]);
    assert_eq!(bounds([(2, "b"), (1, "a")])[&1], "a");
    assert_eq!(any_lifetime(|text| text.split('.').next(), "a.b").as_deref(), Some("a"));
    assert_eq!(dynamic(&[&1, &"a"]).to_string(), "1");
    assert_eq!(format!("{:?}", implemented(&String::from("a")).clone()), "[\"a\"]");
    assert_eq!(format!("{:?}", fallible("1")), "Ok((\"1\", 1))");
    assert!(functions(1)(u32::MAX).is_err());
    assert_eq!(run(asynchronous([1, 2], |value| ready(value * 2))), [2, 4]);
    let mut short = "a".to_owned();
    assert_eq!(run(borrowed("b", &mut short)), ("b", "ab"));
    let ring = run(Ring::<u64, 3>([None; 3]).filled(|place| u32::try_from(place).unwrap()));
    assert_eq!(ring.largest(), Some(&2));
}
