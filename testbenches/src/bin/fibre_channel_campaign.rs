//! Runs an interface card with two hosts on lines that fail in every way, and prints a Markdown section.
//!
//! Every case follows from its seed. `cargo xtask report line-faults` runs it and keeps what it prints.

use anyhow::{Context, Result};
use hardpath_testbenches::fibre_channel::{CampaignTally, run_case};
use std::env;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Cases, unless told otherwise.
const CASES: u64 = 60;
/// Faults of a case.
const FAULTS: u64 = 200;
/// Runs at the same time.
const THREADS: usize = 2;

fn campaign(first_seed: u64, cases: u64) -> Result<CampaignTally> {
    let next = AtomicU64::new(0);
    let sum = Mutex::new(CampaignTally::default());
    let work = || -> Result<()> {
        loop {
            let case = next.fetch_add(1, Ordering::Relaxed);
            if case >= cases {
                return Ok(());
            }
            let tally = run_case(first_seed + case, FAULTS).with_context(|| format!("seed {}", first_seed + case))?;
            eprintln!("case {case} of {cases}");
            if let Ok(mut sum) = sum.lock() {
                sum.add(&tally);
            }
        }
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        running
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a run panicked"))))
    })?;
    sum.into_inner().context("a run panicked")
}

fn main() -> Result<()> {
    let number = |index: usize, default: u64| -> Result<u64> {
        env::args()
            .nth(index)
            .map_or(Ok(default), |text| text.parse().with_context(|| format!("{text:?} is no number")))
    };
    let (cases, seed) = (number(1, CASES)?, number(2, 1)?);
    println!(
        "An interface card with a host at each of its two ports, 8 Gb/s, memory below that takes 0 to 38 us a page. Each host \
         keeps 12 reads and writes of 4 to 48 KB in flight, checks every page, and aborts what takes longer than 188 us; then \
         {FAULTS} faults in every case, on the line or in what a host sends, 2 to 19 us apart on average. At the end nothing more happens: every command has to end, every host to be logged in, all 128 exchanges and \
         64 slots of each port to be free, and every page to be read at both ports. A page that is wrong, an exchange or slot \
         that is kept, or a standstill ends the campaign with an error: there was none.\n"
    );
    let tally = campaign(seed, cases)?;
    let all: u64 = tally.faults.values().sum();
    println!("| figure | value |\n|---|---:|");
    println!("| cases, seeds from {seed} | {cases} |");
    println!("| faults | {all} |");
    for (kind, count) in &tally.faults {
        println!("| ... {kind} | {count} |");
    }
    let [well, otherwise, lost] = tally.commands;
    println!("| commands that ended well | {well} |");
    println!("| ... otherwise | {otherwise} |");
    println!("| ... aborted, or lost with their login | {lost} |");
    println!("| links reset, taken offline by hosts that waited too long | {}, {} |", tally.resets[0], tally.resets[1]);
    println!("| times that a link came up | {} |", tally.activations);
    println!("| frames with a wrong CRC or broken off, as hosts saw them | {} |", tally.bad_frames);
    println!("| cycles simulated | {} |", tally.cycles);
    Ok(())
}
