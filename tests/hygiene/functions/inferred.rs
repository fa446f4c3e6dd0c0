//! Inference from the signature of a function, in its body and at its calls.

use std::{
    cell::Cell,
    collections::{BTreeSet, HashMap},
    error::Error,
    fmt::{Debug, Display},
    future::{Future, ready},
    pin::pin,
    rc::Rc,
};

use osapi_metrics::instrumented_job;

use crate::run;

#[instrumented_job(name = "inferred.into")]
fn into(text: &str) -> Result<Box<str>, Box<dyn Error + Send + Sync>> {
    if text.is_empty() {
        return Err("empty".into());
    }
    Ok(text.into())
}

#[instrumented_job(name = "inferred.collected")]
fn collected(text: &str) -> Result<BTreeSet<u8>, std::num::ParseIntError> {
    text.split(',').map(str::parse).collect()
}

#[instrumented_job(name = "inferred.literals")]
fn literals(which: u8) -> u128 {
    if which == 0 {
        return 340_282_366_920_938_463_463_374_607_431_768_211_455;
    }
    18_446_744_073_709_551_616
}

type Ratios = HashMap<&'static str, Option<f32>>;

#[instrumented_job(name = "inferred.defaults")]
fn defaults() -> (Vec<u8>, Ratios, Option<Rc<()>>) {
    (Vec::new(), HashMap::from([("a", None), ("b", Some(1.5))]), None)
}

#[instrumented_job(name = "inferred.coerced")]
fn coerced(which: u8) -> Result<Box<dyn Display>, &'static dyn Debug> {
    match which {
        0 => Ok(Box::new(1)),
        1 => return Ok(Box::new("text")),
        _ => Err(&[1, 2, 3]),
    }
}

#[instrumented_job(name = "inferred.unsized")]
fn unsized_slice(which: bool) -> &'static [&'static str] {
    if which {
        return &[];
    }
    &["one", "two"]
}

type Step = Box<dyn Fn(i64) -> Result<i64, String>>;

#[instrumented_job(name = "inferred.closures")]
fn closures(step: i64) -> [Step; 2] {
    [
        Box::new(move |value| Ok(value + step)),
        Box::new(|value| if value > 0 { Ok(value) } else { Err("negative".into()) }),
    ]
}

#[instrumented_job(name = "inferred.closure_with_question_mark")]
fn closure_with_question_mark(texts: &[&str]) -> Option<Vec<u16>> {
    let parse = |text: &&str| {
        let value = text.parse()?;
        Ok::<_, std::num::ParseIntError>(value)
    };
    let parsed: Result<_, _> = texts.iter().map(parse).collect();
    parsed.ok()
}

#[instrumented_job(name = "inferred.diverging")]
fn diverging(rounds: u32) -> Option<u32> {
    let mut round = 0;
    loop {
        round += 1;
        if round == rounds {
            break Some(round);
        } else if round > 3 {
            return None;
        }
    }
}

#[instrumented_job(name = "inferred.async_into")]
async fn async_into(text: &str) -> Result<String, Box<dyn Error + Send + Sync>> {
    let parsed: u32 = ready(text).await.parse()?;
    if parsed == 0 {
        Err("zero")?;
    }
    Ok(text.into())
}

#[instrumented_job(name = "inferred.async_coerced")]
async fn async_coerced(which: u8) -> (Box<dyn Fn(u8) -> u8 + Send>, i8) {
    ready(()).await;
    if which == 0 {
        return (Box::new(|value| value), -128);
    }
    (Box::new(move |value| value + which), 127)
}

#[instrumented_job(name = "inferred.async_unit")]
async fn async_unit(seen: &Cell<u32>) {
    ready(()).await;
    seen.set(seen.get() + 1);
}

#[test]
fn bodies_know_what_to_return() {
    assert_eq!(into("a").unwrap().as_ref(), "a");
    assert_eq!(into("").unwrap_err().to_string(), "empty");
    assert_eq!(collected("2,1"), Ok(BTreeSet::from([1, 2])));
    assert_eq!((literals(0), literals(1)), (u128::MAX, 1 << 64));
    assert_eq!(defaults().1["b"], Some(1.5));
    assert_eq!(coerced(0).unwrap().to_string(), "1");
    assert_eq!(coerced(1).unwrap().to_string(), "text");
    assert_eq!(format!("{:?}", coerced(2).err().unwrap()), "[1, 2, 3]");
    assert_eq!((unsized_slice(true).len(), unsized_slice(false).len()), (0, 2));
    let [add, check] = closures(2);
    assert_eq!((add(1), check(-1)), (Ok(3), Err("negative".to_owned())));
    assert_eq!(closure_with_question_mark(&["1", "2"]), Some(vec![1, 2]));
    assert_eq!((diverging(2), diverging(9)), (Some(2), None));
    assert_eq!(run(async_into("1")).unwrap(), "1");
    assert!(run(async_into("0")).is_err());
    let (add, number) = run(async_coerced(1));
    assert_eq!((add(1), number), (2, 127));
    let seen = Cell::new(0);
    run(async_unit(&seen));
    assert_eq!(seen.get(), 1);
}

#[instrumented_job(name = "inferred.held")]
async fn held<T: Debug>(value: T) -> String {
    ready(()).await;
    format!("{value:?}")
}

async fn held_bare<T: Debug>(value: T) -> String {
    ready(()).await;
    format!("{value:?}")
}

#[instrumented_job(name = "inferred.not_held")]
async fn not_held(value: u32) -> u32 {
    let double = {
        let value = Rc::new(value);
        *value * 2
    };
    ready(double).await
}

/// The auto traits of a value, determined where its type is known.
macro_rules! auto_traits {
    ($value:expr) => {{
        #[allow(unused_imports, reason = "which of them apply is the question")]
        use self::auto_traits::{NotSend as _, NotSync as _, Send as _, Sync as _, probe};
        let probe = probe($value);
        ((&probe).is_send(), (&probe).is_sync())
    }};
}

mod auto_traits {
    use std::marker::{self, PhantomData};

    pub(super) struct Probe<T>(PhantomData<T>);

    pub(super) fn probe<T>(_: T) -> Probe<T> {
        Probe(PhantomData)
    }

    pub(super) trait Send {
        fn is_send(&self) -> bool {
            true
        }
    }
    impl<T: marker::Send> Send for Probe<T> {}

    pub(super) trait NotSend {
        fn is_send(&self) -> bool {
            false
        }
    }
    impl<T> NotSend for &Probe<T> {}

    pub(super) trait Sync {
        fn is_sync(&self) -> bool {
            true
        }
    }
    impl<T: marker::Sync> Sync for Probe<T> {}

    pub(super) trait NotSync {
        fn is_sync(&self) -> bool {
            false
        }
    }
    impl<T> NotSync for &Probe<T> {}
}

#[test]
fn futures_are_send_and_sync_as_they_were() {
    let cell = Cell::new(1);
    assert_eq!(auto_traits!(held(1)), (true, true));
    assert_eq!(auto_traits!(held(Cell::new(1))), (true, false));
    assert_eq!(auto_traits!(held(&cell)), (false, false));
    assert_eq!(auto_traits!(held(Rc::new(1))), (false, false));
    assert_eq!(auto_traits!(held_bare(Cell::new(1))), auto_traits!(held(Cell::new(1))));
    assert_eq!(auto_traits!(held_bare(Rc::new(1))), auto_traits!(held(Rc::new(1))));
    assert_eq!(auto_traits!(not_held(1)), (true, true));
    assert_eq!(auto_traits!(async_into("")), (true, true));
    assert_eq!(auto_traits!(async_coerced(1)), (true, true));
}

#[test]
fn arguments_need_not_live_for_ever() {
    fn asks_for_static<F: Future + Send + 'static>(_: &F) {}

    let text = String::from("1");
    let seen = Cell::new(0);
    {
        let future = pin!(async_unit(&seen));
        run(future);
        assert!(run(async_into(&text)).is_ok());
    }
    assert_eq!((seen.get(), text.as_str()), (1, "1"));
    asks_for_static(&held(text));
    asks_for_static(&not_held(1));
}
