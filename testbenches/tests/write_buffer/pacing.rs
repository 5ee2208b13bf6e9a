//! Stripes leave once, in order, and a pair's first one early only when its second fills fast.

use hardpath_rtl::flash_controller::write_buffer::PairPacer;
use hardpath_testbenches::cosimulation::Bench;
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const WORDS: usize = 16;
/// Cycles in which three pages must have come.
const SPAN: usize = 6 * WORDS;

/// A pacer, and what it did.
struct Pacer {
    bench: Bench,
    cycle: usize,
    /// Cycle and parts that left.
    left: Vec<(usize, u64)>,
    /// Cycles in which the open stripe was late.
    late: Vec<usize>,
}

impl Pacer {
    fn new() -> Self {
        let mut bench = Bench::new(PairPacer::new(WORDS).unwrap());
        for input in ["opened", "open", "pair_first", "pair_second", "closed", "record_ends", "drained"] {
            bench.set(input, 0);
        }
        bench.set("record_is_host", 1);
        bench.set("host_waits", 1);
        Self { bench, cycle: 0, left: vec![], late: vec![] }
    }

    /// A cycle in which `inputs` are high.
    fn with(&mut self, inputs: &[&str]) {
        for input in inputs {
            self.bench.set(input, 1);
        }
        self.step();
        for input in inputs {
            self.bench.set(input, 0);
        }
    }

    fn step(&mut self) {
        self.bench.settle();
        match self.bench.get("leaves") {
            0 => {}
            parts => self.left.push((self.cycle, parts)),
        }
        if self.bench.get("late") == 1 {
            self.late.push(self.cycle);
        }
        self.bench.clock();
        self.cycle += 1;
    }

    fn wait(&mut self, cycles: usize) {
        for _ in 0..cycles {
            self.step();
        }
    }

    /// The first stripe of a pair in `part`, opened and closed, and the second one opened.
    fn begin_pair(&mut self, part: u64) {
        self.bench.set("open", part);
        self.with(&["opened", "pair_first"]);
        self.wait(40);
        self.with(&["closed"]);
        self.bench.set("open", 1 - part);
        self.wait(3);
        assert_eq!(self.left, [], "the first stripe of a pair stays");
        self.with(&["opened", "pair_second"]);
    }

    /// The lane that is fastest has sent all bytes of `part`.
    fn drain(&mut self, part: u64) {
        self.bench.set("drained", 1 << part);
        self.step();
        self.bench.set("drained", 0);
    }
}

#[test]
fn the_first_of_a_pair_leaves_before_the_second_is_closed_when_three_pages_came_fast() {
    for part in [0, 1] {
        let mut pacer = Pacer::new();
        pacer.begin_pair(part);
        for _ in 0..3 {
            assert_eq!(pacer.left, []);
            pacer.wait(WORDS);
            pacer.with(&["record_ends"]);
        }
        pacer.wait(3);
        assert_eq!(pacer.left.len(), 1);
        assert_eq!(pacer.left[0].1, 1 << part);
        pacer.wait(100);
        let closed = pacer.cycle;
        pacer.with(&["closed"]);
        pacer.wait(3);
        assert_eq!(pacer.left[1..], [(closed + 1, 2 >> part)]);
        assert!(pacer.late.is_empty());
    }
}

#[test]
fn the_open_stripe_is_late_from_the_first_lane_that_waits_until_it_is_closed() {
    let mut pacer = Pacer::new();
    pacer.begin_pair(1);
    for _ in 0..3 {
        pacer.with(&["record_ends"]);
    }
    pacer.wait(100);
    let drained = pacer.cycle;
    pacer.drain(1);
    pacer.wait(20);
    let closed = pacer.cycle;
    pacer.with(&["closed"]);
    pacer.wait(5);
    assert_eq!((pacer.late.first(), pacer.late.last()), (Some(&(drained + 1)), Some(&(closed + 1))));
}

#[test]
fn both_of_a_pair_leave_together_when_pages_come_slowly_or_from_the_mover_or_no_more_wait() {
    for case in 0..3 {
        let mut pacer = Pacer::new();
        pacer.begin_pair(0);
        pacer.bench.set("record_is_host", u64::from(case != 0));
        pacer.bench.set("host_waits", u64::from(case != 1));
        for _ in 0..17 {
            pacer.wait(if case == 2 { SPAN / 3 } else { WORDS });
            pacer.with(&["record_ends"]);
            pacer.bench.set("record_is_host", 1);
        }
        assert_eq!(pacer.left, [], "case {case}");
        let closed = pacer.cycle;
        pacer.with(&["closed"]);
        pacer.wait(3);
        assert_eq!(pacer.left, [(closed + 1, 3)], "case {case}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_stripe_leaves_once_and_none_before_it_is_closed_but_a_first_one(seed: u64) {
        let mut random = StdRng::seed_from_u64(seed);
        let mut pacer = Pacer::new();
        let mut part = 0;
        let mut closed = vec![];
        let mut gaps = vec![];
        while closed.len() < 30 {
            let pair = random.random_bool(0.7);
            let kinds: &[&[&str]] = if pair { &[&["pair_first", "opened"], &["pair_second", "opened"]] } else { &[&["opened"]] };
            for kind in kinds {
                pacer.bench.set("open", part);
                pacer.with(kind);
                let gap = random.random_range(1..60);
                for _ in 0..random.random_range(1..18) {
                    pacer.bench.set("host_waits", random.random_range(0..2));
                    pacer.wait(gap);
                    pacer.bench.set("record_is_host", u64::from(random.random_bool(0.9)));
                    pacer.with(&["record_ends"]);
                    if random.random_bool(0.1) {
                        pacer.drain(1 - part);
                    }
                }
                closed.push((pacer.cycle, part, kind.contains(&"pair_first")));
                gaps.push(gap);
                pacer.with(&["closed"]);
                pacer.wait(3);
                part = 1 - part;
            }
        }
        pacer.wait(3);
        let left = pacer.left.iter().flat_map(|&(cycle, parts)| (0..2).filter(move |part| parts >> part & 1 == 1).map(move |part| (part, cycle)));
        for part in [0, 1] {
            let times: Vec<usize> = left.clone().filter(|(left, _)| *left == part).map(|(_, cycle)| cycle).collect();
            let stripes: Vec<_> = closed.iter().enumerate().filter(|(_, stripe)| stripe.1 == part).collect();
            prop_assert_eq!(times.len(), stripes.len());
            for (time, (index, &(closing, _, first))) in times.into_iter().zip(stripes) {
                if first {
                    // With its mate, or some time before.
                    prop_assert!(time > closing && time <= closed[index + 1].0 + 1);
                    prop_assert!(time == closed[index + 1].0 + 1 || gaps[index + 1] * 3 <= SPAN);
                } else {
                    prop_assert_eq!(time, closing + 1);
                }
            }
        }
    }
}
