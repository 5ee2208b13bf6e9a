//! Trims: at once if their page is not in the write buffer, else when it has got its place.

use hardpath_rtl::flash_controller::host_interface::HostPort;
use hardpath_testbenches::cosimulation::Bench;

const READ: u64 = 0;
const WRITE: u64 = 1;
const TRIM: u64 = 2;

/// A host port at a page map and a buffer that take everything at once.
struct Rig {
    bench: Bench,
    /// Cycles in which each of these outputs was high, from the start.
    flushes: Vec<u64>,
    probes: Vec<u64>,
    trims: Vec<u64>,
    reads: Vec<u64>,
    writes: Vec<u64>,
    cycle: u64,
}

impl Rig {
    fn new(page_in_buffer: bool) -> Self {
        let mut bench = Bench::new(HostPort::default());
        bench.set("page_limit", 100);
        for ready in ["writes_allowed", "write_ready", "probe_ready", "trim_ready", "completions_ready", "reads_ready"]
        {
            bench.set(ready, 1);
        }
        bench.set("probe_hit", u64::from(page_in_buffer));
        Self { bench, flushes: vec![], probes: vec![], trims: vec![], reads: vec![], writes: vec![], cycle: 0 }
    }

    fn run(&mut self, cycles: u64) {
        for _ in 0..cycles {
            self.bench.settle();
            for (name, seen) in [
                ("flush", &mut self.flushes),
                ("probe", &mut self.probes),
                ("trim_valid", &mut self.trims),
                ("reads_valid", &mut self.reads),
                ("write_valid", &mut self.writes),
            ] {
                if self.bench.get(name) == 1 {
                    seen.push(self.cycle);
                }
            }
            self.bench.clock();
            self.cycle += 1;
        }
    }

    fn pulse(&mut self, name: &str) {
        self.bench.set(name, 1);
        self.run(1);
        self.bench.set(name, 0);
    }

    fn command(&mut self, operation: u64) {
        self.bench.set("commands_operation", operation);
        self.bench.set("commands_page", 7);
        self.pulse("commands_valid");
    }
}

#[test]
fn a_trim_of_a_page_that_is_not_in_the_buffer_takes_six_cycles_more_than_a_write() {
    let mut rig = Rig::new(false);
    rig.command(TRIM);
    rig.run(50);
    assert_eq!((rig.trims, rig.flushes), (vec![12], vec![]));
    let mut rig = Rig::new(false);
    rig.command(WRITE);
    rig.run(50);
    assert_eq!(rig.writes, [6]);
    let mut rig = Rig::new(false);
    rig.command(READ);
    rig.run(50);
    assert_eq!(rig.reads, [5]);
}

#[test]
fn a_trim_waits_until_the_writes_before_it_are_safe() {
    let mut rig = Rig::new(false);
    rig.command(WRITE);
    rig.command(TRIM);
    rig.run(100);
    assert_eq!((&rig.probes, &rig.trims), (&vec![], &vec![]));
    rig.pulse("acknowledged");
    rig.run(20);
    assert_eq!((rig.probes.len(), rig.trims.len(), rig.flushes), (1, 1, vec![]));
}

/// The first flush closes the stripe before a page that waits for room is in it.
#[test]
fn the_buffer_is_flushed_until_the_page_of_a_trim_has_its_place() {
    let mut rig = Rig::new(true);
    rig.command(WRITE);
    rig.command(TRIM);
    rig.run(20);
    rig.pulse("acknowledged");
    rig.run(20);
    rig.bench.set("flushing", 1);
    rig.run(100);
    let first = rig.flushes.len();
    assert!(first > 0 && rig.trims.is_empty());
    rig.bench.set("flushing", 0);
    rig.run(20);
    assert!(rig.flushes.len() > first && rig.trims.is_empty());
    rig.pulse("placed");
    rig.run(20);
    assert_eq!(rig.trims.len(), 1);
}

#[test]
fn a_trim_waits_as_writes_do_while_they_are_not_allowed() {
    let mut rig = Rig::new(false);
    rig.bench.set("writes_allowed", 0);
    rig.command(TRIM);
    rig.run(100);
    assert_eq!((&rig.probes, rig.bench.get("unplaced")), (&vec![], 0));
    rig.bench.set("writes_allowed", 1);
    rig.run(3);
    assert_eq!(rig.bench.get("unplaced"), 1);
    rig.run(20);
    assert_eq!((rig.trims.len(), rig.bench.get("unplaced")), (1, 0));
}
