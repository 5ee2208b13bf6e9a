//! The port follows the table of its states.

use hardpath_rtl::fibre_channel::{LinkTimes, PortOutput, PortState, PortStateMachine, WordKind};
use hardpath_testbenches::cosimulation::Bench;
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use PortState::{Active, LrReceive, LrTransmit, LrrReceive, NosReceive, NosTransmit, OlsReceive, OlsTransmit, OlsWait};

const TIMEOUT: u64 = 60;
const OFFLINE: u64 = 25;

/// What a port sends in a state, and where NOS, OLS, LR, LRR and fill words take it; facts/fc.md, section 1.
const TABLE: [(PortState, PortOutput, [PortState; 5]); 9] = [
    (Active, PortOutput::Frames, [NosReceive, OlsReceive, LrReceive, LrrReceive, Active]),
    (LrTransmit, PortOutput::Lr, [NosReceive, OlsReceive, LrReceive, LrrReceive, LrTransmit]),
    (LrReceive, PortOutput::Lrr, [NosReceive, OlsReceive, LrReceive, LrrReceive, Active]),
    (LrrReceive, PortOutput::Fill, [NosReceive, OlsReceive, LrReceive, LrrReceive, Active]),
    (NosReceive, PortOutput::Ols, [NosReceive, OlsReceive, LrReceive, NosReceive, NosReceive]),
    (NosTransmit, PortOutput::Nos, [NosReceive, OlsReceive, NosTransmit, NosTransmit, NosTransmit]),
    (OlsTransmit, PortOutput::Ols, [NosReceive, OlsReceive, LrReceive, OlsTransmit, OlsTransmit]),
    (OlsReceive, PortOutput::Lr, [NosReceive, OlsReceive, LrReceive, LrrReceive, OlsReceive]),
    (OlsWait, PortOutput::Nos, [NosReceive, OlsReceive, NosTransmit, NosTransmit, OlsReceive]),
];

fn row(state: PortState) -> (PortOutput, [PortState; 5]) {
    let row = TABLE.iter().find(|(known, ..)| *known == state).expect("every state has a row");
    (row.1, row.2)
}

fn column(kind: WordKind) -> Option<usize> {
    match kind {
        WordKind::Nos => Some(0),
        WordKind::Ols => Some(1),
        WordKind::Lr => Some(2),
        WordKind::Lrr => Some(3),
        WordKind::Idle | WordKind::Arb => Some(4),
        _ => None,
    }
}

/// A port, and what it is told in a cycle.
struct Port(Bench);

impl Port {
    fn new() -> Self {
        let mut port = Self(Bench::new(PortStateMachine::new(LinkTimes {
            timeout: TIMEOUT,
            offline: OFFLINE,
            ..LinkTimes::STANDARD
        })));
        port.cycle(WordKind::Unsynchronized);
        port
    }

    fn cycle(&mut self, kind: WordKind) -> PortState {
        self.0.set("kind", kind as u64);
        self.0.set("is_repeated", 1);
        self.0.clock();
        self.0.settle();
        self.state()
    }

    fn state(&mut self) -> PortState {
        let state = self.0.get("state");
        let row = TABLE.iter().find(|(known, ..)| *known as u64 == state).expect("a known state");
        assert_eq!(self.0.get("transmits"), row.1 as u64, "{state}");
        assert_eq!(self.0.get("is_active") == 1, row.0 == Active);
        row.0
    }

    /// A port in this state.
    fn in_state(state: PortState) -> Self {
        let mut port = Self::new();
        for _ in 0..OFFLINE + 3 {
            port.cycle(WordKind::Data);
        }
        let way: &[WordKind] = match state {
            OlsTransmit => {
                return Self::new();
            }
            OlsWait => &[],
            NosTransmit => &[WordKind::Lr],
            NosReceive => &[WordKind::Nos],
            OlsReceive => &[WordKind::Ols],
            LrReceive => &[WordKind::Ols, WordKind::Lr],
            LrrReceive => &[WordKind::Ols, WordKind::Lrr],
            Active | LrTransmit => &[WordKind::Ols, WordKind::Lrr, WordKind::Idle],
        };
        for kind in way {
            port.cycle(*kind);
        }
        port.cycle(WordKind::Data);
        if state == LrTransmit {
            port.0.set("reset_link", 1);
            port.cycle(WordKind::Idle);
            port.0.set("reset_link", 0);
        }
        assert_eq!(port.state(), state);
        port
    }
}

#[test]
fn every_entry_of_the_table_is_followed() {
    for (state, _, targets) in TABLE {
        for kind in [WordKind::Nos, WordKind::Ols, WordKind::Lr, WordKind::Lrr, WordKind::Idle, WordKind::Arb] {
            if state == OlsTransmit {
                continue;
            }
            let mut port = Port::in_state(state);
            let target = targets[column(kind).expect("a column")];
            port.cycle(kind);
            assert_eq!(port.cycle(WordKind::Data), target, "{state:?} receives {kind:?}");
        }
    }
}

#[test]
fn ols_is_sent_long_enough_and_what_came_last_then_counts() {
    for (kind, target) in [
        (WordKind::Nos, NosReceive),
        (WordKind::Ols, OlsReceive),
        (WordKind::Lr, LrReceive),
        (WordKind::Lrr, OlsWait),
        (WordKind::Data, OlsWait),
    ] {
        let mut port = Port::new();
        let states: Vec<_> = (0..OFFLINE + 4).map(|_| port.cycle(kind)).collect();
        let left = states.iter().position(|&state| state != OlsTransmit).expect("it is left");
        assert!(left as u64 >= OFFLINE, "left after {left} cycles");
        assert_eq!(states[left], target, "by {kind:?}");
    }
}

#[test]
fn a_sequence_that_was_not_repeated_does_nothing() {
    let mut port = Port::in_state(Active);
    port.0.set("kind", WordKind::Nos as u64);
    port.0.set("is_repeated", 0);
    for _ in 0..5 {
        port.0.clock();
    }
    port.0.settle();
    assert_eq!(port.state(), Active);
}

#[test]
fn synchronization_that_is_lost_too_long_is_a_link_failure() {
    for (state, ..) in TABLE {
        if state == OlsTransmit {
            continue;
        }
        let mut port = Port::in_state(state);
        let states: Vec<_> = (0..TIMEOUT + 9).map(|_| port.cycle(WordKind::Unsynchronized)).collect();
        assert_eq!(states.last(), Some(&NosTransmit), "from {state:?}");
        // A short loss is none, where nothing else runs out.
        if state == Active {
            assert!(states[..TIMEOUT as usize].iter().all(|&state| state == Active));
        }
    }
}

#[test]
fn a_link_reset_without_answer_is_a_link_failure() {
    for state in [LrTransmit, LrReceive, LrrReceive, OlsReceive] {
        let mut port = Port::in_state(state);
        let states: Vec<_> = (0..TIMEOUT + 9).map(|_| port.cycle(WordKind::Data)).collect();
        assert!(states[..TIMEOUT as usize - 4].iter().all(|&now| now == state), "{state:?}");
        assert_eq!(states.last(), Some(&NosTransmit), "{state:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn random_words_move_it_as_the_table_says(seed: u64) {
        let mut random = StdRng::seed_from_u64(seed);
        let mut port = Port::in_state(Active);
        let kinds = [
            WordKind::Nos, WordKind::Ols, WordKind::Lr, WordKind::Lrr, WordKind::Idle, WordKind::Arb, WordKind::Data,
            WordKind::RRdy, WordKind::Invalid, WordKind::Unsynchronized,
        ];
        let (mut state, mut unchanged, mut before) = (Active, 0, None);
        for _ in 0..2000 {
            let kind = *kinds.choose(&mut random).expect("a kind");
            let repeated = random.random_bool(0.7);
            port.0.set("kind", kind as u64);
            port.0.set("is_repeated", u64::from(repeated));
            port.0.clock();
            port.0.settle();
            // The word before is the one that moves it.
            let expected = before.map_or(state, |column: usize| row(state).1[column]);
            before = column(kind).filter(|_| repeated);
            let now = port.state();
            // Random words hardly ever let a time run out.
            if unchanged < TIMEOUT - 4 {
                prop_assert_eq!(now, expected, "from {:?}", state);
            }
            unchanged = if now == state { unchanged + 1 } else { 0 };
            state = now;
        }
    }
}
