//! Every rule fires when it is broken by one cycle, or one step, and keeps quiet at the limit.

use crate::bus::{Bus, small};
use crate::{address_rules, clocked_timing, pin_rules, sequence_rules, strobed_timing};
use hardpath_sim::models::nand::{BlockAddress, FlashKind, Interface, PageAddress, Rule};
use std::collections::HashSet;

/// A mode for a bus to start in.
pub const SLOW: (Interface, u8) = (Interface::Sdr, 0);
const FAST: (Interface, u8) = (Interface::Sdr, 5);
pub const CLOCKED: (Interface, u8) = (Interface::NvDdr, 3);
pub const CLOCKED_SLOW: (Interface, u8) = (Interface::NvDdr, 0);

/// The first page of the chip.
pub const FIRST: PageAddress = PageAddress { block: BlockAddress { lun: 0, block: 0 }, page: 0 };

/// A sequence that keeps to a rule exactly, or breaks it by as little as possible.
pub struct Case {
    pub rule: Rule,
    pub what: &'static str,
    pub mode: (Interface, u8),
    pub run: fn(&mut Bus, bool),
}

/// A case in the fastest mode of SDR.
pub fn case(rule: Rule, what: &'static str, run: fn(&mut Bus, bool)) -> Case {
    Case { rule, what, mode: FAST, run }
}

fn cases() -> Vec<Case> {
    let timing = [strobed_timing::cases(), clocked_timing::cases()];
    let others = [pin_rules::cases(), sequence_rules::cases(), address_rules::cases()];
    timing.into_iter().chain(others).flatten().collect()
}

#[test]
fn every_rule_is_quiet_at_its_limit_and_fires_beyond_it() {
    let mut failures = Vec::new();
    for Case { rule, what, mode, run } in cases() {
        let tried = |broken| {
            let mut bus = Bus::in_mode(small(FlashKind::Slc), mode.0, mode.1);
            run(&mut bus, broken);
            bus.violations().to_vec()
        };
        let (kept, broken) = (tried(false), tried(true));
        failures.extend(kept.iter().map(|violation| format!("{what}: kept, but {violation}")));
        let others = broken.iter().filter(|violation| violation.rule != rule);
        failures.extend(others.map(|violation| format!("{what}: broken is {rule}, but {violation}")));
        if broken.is_empty() {
            failures.push(format!("{what}: {rule} is not found"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_rule_has_a_case() {
    let tried: HashSet<Rule> = cases().iter().map(|case| case.rule).collect();
    let missing: Vec<Rule> = Rule::ALL.into_iter().filter(|rule| !tried.contains(rule)).collect();
    assert_eq!(missing, []);
}

#[test]
fn violations_name_cycle_chip_rule_found_and_legal() {
    let mut bus = Bus::in_mode(small(FlashKind::Slc), Interface::Sdr, 0);
    let cycle = bus.lane.cycle();
    bus.latch_strobed(true, false, 0x42);
    let violation = bus.violations()[0].clone();
    assert!(violation.cycle > cycle && violation.cycle < bus.lane.cycle());
    let text = format!("cycle {}, chip 0: KnownCommand: 42h (legal: a command of the set)", violation.cycle);
    assert_eq!(violation.to_string(), text);
}
