//! Lines whose speed is negotiated: two negotiators at each other's line, and a card with hosts of their own kind.

use hardpath_rtl::fibre_channel::{LinkTimes, NegotiationState, SpeedNegotiator};
use hardpath_sim::models::fibre_channel::{Access, Fabric, Neighbour, Speed, SpeedSetting, Transfer};
use hardpath_sim::models::{BLOCK_BYTES, PageMemory, Pause};
use hardpath_sim::scenario::Trace;
use hardpath_sim::scenario::fibre_channel::{CardMachine, CardSettings};
use hardpath_testbenches::cosimulation::Bench;
use hardpath_testbenches::fibre_channel::{card_settings, looped_hosts};
use proptest::prelude::*;

const PAGES: u64 = 64;
/// Words until a receiver is synchronized.
const ACQUISITION: u32 = 40;
const TIMES: LinkTimes = LinkTimes { receive_cycle: 100, transmit_cycle: 2_800, stable: 600, ..LinkTimes::STANDARD };
/// Words in which two ports settle: both sweep all speeds at most twice.
const LIMIT: u32 = 12 * 2_800;

/// A negotiator, and how long it hears the other one.
struct End {
    bench: Bench,
    waited: u64,
    heard_for: u32,
}

impl End {
    fn new(fastest: u64, negotiates: bool) -> Self {
        let mut bench = Bench::new(SpeedNegotiator::new(TIMES));
        bench.set("fastest", fastest);
        bench.set("negotiates", u64::from(negotiates));
        Self { bench, waited: 0, heard_for: 0 }
    }

    fn transmits(&mut self) -> u64 {
        self.bench.get("transmit_speed")
    }

    fn is_settled(&mut self) -> bool {
        self.bench.get("state") == NegotiationState::Settled as u64
    }

    /// The time of a word at 8 Gb/s, in which the other end sends at this speed.
    fn step(&mut self, heard: Option<u64>) {
        let is_heard = heard == Some(self.bench.get("receive_speed"));
        self.heard_for = if is_heard { self.heard_for + 1 } else { 0 };
        self.bench.set("is_synchronized", u64::from(self.heard_for > ACQUISITION));
        self.waited += 1;
        if self.waited >= 1 << self.transmits() {
            self.waited = 0;
            self.bench.clock();
            self.bench.settle();
        }
    }
}

/// Two ends, the second of which begins so many words later.
fn settle(first: &mut End, second: &mut End, later: u32) -> Option<u32> {
    for word in 0..later + LIMIT {
        let (from_first, from_second) = (first.transmits(), second.transmits());
        first.step((word >= later).then_some(from_second));
        if word >= later {
            second.step(Some(from_first));
            if first.is_settled() && second.is_settled() {
                return Some(word - later);
            }
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn two_ports_settle_at_the_fastest_speed_that_both_have(
        first in 0_u64..3,
        second in 0_u64..3,
        later in 0_u32..12_000,
    ) {
        let (mut one, mut other) = (End::new(first, true), End::new(second, true));
        prop_assert!(settle(&mut one, &mut other, later).is_some());
        // The codes count down from the fastest.
        let common = first.max(second);
        prop_assert_eq!((one.transmits(), other.transmits()), (common, common));
        prop_assert_eq!((one.bench.get("receive_speed"), other.bench.get("receive_speed")), (common, common));
    }

    #[test]
    fn a_port_finds_the_speed_of_one_that_does_not_negotiate(speed in 0_u64..3, later in 0_u32..12_000) {
        let (mut one, mut other) = (End::new(0, true), End::new(speed, false));
        for word in 0..later + LIMIT {
            let (from_one, from_other) = (one.transmits(), other.transmits());
            one.step((word >= later).then_some(from_other));
            other.step(Some(from_one));
        }
        prop_assert!(one.is_settled());
        prop_assert_eq!(one.transmits(), speed);
    }
}

#[test]
fn a_settled_speed_is_given_up_when_nothing_is_heard_for_long() {
    let (mut one, mut other) = (End::new(0, true), End::new(0, true));
    settle(&mut one, &mut other, 0).expect("a speed");
    for _ in 0..TIMES.stable / 2 {
        one.step(None);
    }
    assert!(one.is_settled());
    for _ in 0..TIMES.stable {
        one.step(None);
    }
    assert!(!one.is_settled());
}

#[test]
fn a_speed_that_is_not_negotiated_is_the_fastest_that_is_set_at_once() {
    let mut end = End::new(2, false);
    for _ in 0..8 {
        end.step(None);
    }
    assert_eq!((end.transmits(), end.bench.get("receive_speed"), end.bench.get("is_negotiating")), (2, 2, 0));
}

/// A card with something at its first port, and the speeds of both.
fn card<N: Neighbour>(
    array: SpeedSetting,
    host: SpeedSetting,
    end: impl FnOnce(&CardSettings) -> N,
) -> CardMachine<PageMemory, N> {
    let settings = CardSettings { speed: array, host_speed: host, host_ppm: -70, ..card_settings(PAGES, 7_500, 1) };
    let memory = PageMemory::new(PAGES as u32, (10, 200), Pause::never(), 1);
    let ends = vec![end(&settings)];
    CardMachine::new(settings, ends, memory, &Trace::none()).expect("a card")
}

const fn up_to(fastest: Speed) -> SpeedSetting {
    SpeedSetting { fastest, negotiates: true }
}

/// Every host writes and reads back.
fn exchange_data<N: Neighbour>(card: &mut CardMachine<PageMemory, N>, mark: u8) {
    let length = 9 * BLOCK_BYTES;
    for writes in [true, false] {
        for (number, (_, host)) in card.hosts_mut().enumerate() {
            let data = writes.then(|| vec![mark ^ number as u8; length]);
            host.initiator().expect("logged in").start(Transfer::new(Access::Ten, number as u64 * 20, 9, data));
        }
        card.run_until_idle(500_000).expect("answers");
        for (number, (_, host)) in card.hosts_mut().enumerate() {
            let outcome = host.initiator().expect("logged in").take_outcomes().pop().expect("an outcome");
            assert_eq!(outcome.status, 0);
            assert!(writes || outcome.data == vec![mark ^ number as u8; length], "host {number}");
        }
    }
}

#[test]
fn a_card_and_a_host_find_the_fastest_speed_that_both_have() {
    for array in Speed::ALL {
        for host in Speed::ALL {
            for settings in [(up_to(array), up_to(host)), (up_to(Speed::Eight), SpeedSetting::fixed(host))] {
                let mut card = card(settings.0, settings.1, |settings| settings.hba(0));
                card.log_in(300_000).unwrap_or_else(|error| panic!("{settings:?}: {error}"));
                let expected = settings.0.fastest.min(host);
                assert_eq!(card.transmit_speed(0).expect("a speed"), expected, "{settings:?}");
                exchange_data(&mut card, 0x5A);
            }
        }
    }
}

#[test]
fn hosts_of_a_fabric_and_of_a_loop_are_reached_at_the_speed_that_they_have() {
    let mut fabric = card(up_to(Speed::Eight), up_to(Speed::Four), |settings| {
        Fabric::new(0x2A, (0..2).map(|number| settings.host_port(number)).collect(), settings.times)
    });
    fabric.log_in(300_000).expect("logins in a fabric");
    assert_eq!(fabric.transmit_speed(0).expect("a speed"), Speed::Four);
    exchange_data(&mut fabric, 0x11);
    let mut ring = card(up_to(Speed::Eight), up_to(Speed::Four), |_| looped_hosts(0..3, false));
    ring.log_in(600_000).expect("logins in a loop");
    assert_eq!(ring.transmit_speed(0).expect("a speed"), Speed::Four);
    exchange_data(&mut ring, 0x22);
}

#[test]
fn a_line_that_is_negotiated_anew_in_the_middle_of_data_comes_up_at_its_new_speed() {
    let mut card = card(up_to(Speed::Eight), up_to(Speed::Eight), |settings| settings.hba(0));
    card.log_in(300_000).expect("a login");
    exchange_data(&mut card, 0x33);
    for (speed, mark) in [(Speed::Two, 0x44), (Speed::Eight, 0x55), (Speed::Four, 0x66)] {
        let initiator = card.attached[0].end.port.initiator().expect("logged in");
        for place in 0..8 {
            let data = (place % 2 == 0).then(|| vec![0xEE; 64 * BLOCK_BYTES]);
            initiator.start(Transfer::new(Access::Ten, 200 + place / 2 * 64, 64, data));
        }
        for _ in 0..3_000 {
            card.step().expect("a step");
        }
        card.attached[0].negotiation.set(up_to(speed));
        while card.is_ready() {
            card.step().expect("a step");
        }
        card.log_in(400_000).unwrap_or_else(|error| panic!("{speed:?}: {error}"));
        assert_eq!(card.transmit_speed(0).expect("a speed"), speed);
        exchange_data(&mut card, mark);
    }
}
