//! Many cases, each from its seed, on all threads.

use anyhow::{Context, Result, anyhow};
use std::env;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Runs at the same time.
const THREADS: usize = 2;
/// Cases between two lines about how far it is.
const REPORTED: u64 = 20;

/// Runs `cases` cases from `first_seed` on and adds what they give; ends with the first that fails.
///
/// # Errors
/// What a case returns, with its seed.
pub fn run_cases<T: Send, S: Send + Default>(
    name: &str,
    first_seed: u64,
    cases: u64,
    run: impl Fn(u64) -> Result<T> + Sync,
    add: impl Fn(&mut S, T) + Sync,
) -> Result<S> {
    let next = AtomicU64::new(0);
    let sum = Mutex::new((S::default(), 0));
    let work = || -> Result<()> {
        loop {
            let case = next.fetch_add(1, Ordering::Relaxed);
            if case >= cases {
                return Ok(());
            }
            let seed = first_seed + case;
            let result = run(seed).with_context(|| format!("{name}, seed {seed}"))?;
            if let Ok(mut sum) = sum.lock() {
                add(&mut sum.0, result);
                sum.1 += 1;
                if sum.1 % REPORTED == 0 {
                    eprintln!("{name}: {} of {cases}", sum.1);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        running.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| Err(anyhow!("a run panicked"))))
    })?;
    Ok(sum.into_inner().map_err(|_| anyhow!("a run panicked"))?.0)
}

/// Number of the program's arguments at this place, or what it is without.
///
/// # Errors
/// If the argument is no number.
pub fn number_argument(index: usize, default: u64) -> Result<u64> {
    let text = env::args().nth(index);
    text.map_or(Ok(default), |text| text.parse().with_context(|| format!("{text:?} is no number")))
}
