//! Runs an interface card with hosts at links and in loops on lines that fail in every way, and prints a Markdown section.
//!
//! Every case follows from its seed. `cargo xtask report line-faults` runs it and keeps what it prints.

use anyhow::Result;
use hardpath_testbenches::campaign::{number_argument, run_cases};
use hardpath_testbenches::fibre_channel::{CampaignTally, run_case, run_case_at_changing_speeds, run_case_in_loops};

/// Cases, unless told otherwise.
const CASES: u64 = 60;
/// Faults of a case.
const FAULTS: u64 = 200;
fn main() -> Result<()> {
    let (cases, seed) = (number_argument(1, CASES)?, number_argument(2, 1)?);
    println!(
        "An interface card, in two cases of three with a host at each of its two ports, at 8 Gb/s or at speeds that are negotiated, \
         in the third with three hosts in the loop of each; memory below takes 0 to 38 us a page. The hosts of a port keep 12 reads and writes of 4 to 48 KB in flight, check every page, and abort what takes longer than 188 us (four times as long where speeds are negotiated); then \
         {FAULTS} faults in every case, on the line or in what a host sends, 2 to 19 us apart on average. At the end nothing more happens: every command has to end, every host to be logged in, all 128 exchanges and \
         64 slots of each port to be free, and every page to be read at both ports. A page that is wrong, an exchange or slot \
         that is kept, or a standstill ends the campaign with an error: there was none.\n"
    );
    let run = |seed: u64| match seed % 3 {
        0 => run_case_in_loops(seed, FAULTS),
        1 => run_case_at_changing_speeds(seed, FAULTS),
        _ => run_case(seed, FAULTS),
    };
    let tally: CampaignTally =
        run_cases("line faults", seed, cases, run, |sum: &mut CampaignTally, tally| sum.add(&tally))?;
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
    println!(
        "| links reset, taken offline or initialized by hosts that waited too long | {}, {} |",
        tally.resets[0], tally.resets[1]
    );
    println!("| times that a link or a host's port in a loop came up | {} |", tally.activations);
    println!("| frames with a wrong CRC or broken off, as hosts saw them | {} |", tally.bad_frames);
    println!("| cycles simulated | {} |", tally.cycles);
    Ok(())
}
