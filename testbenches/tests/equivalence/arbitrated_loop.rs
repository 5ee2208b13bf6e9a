//! Blocks of a port in an arbitrated loop: engine, `simulate()` and Verilator agree.

use crate::blocks::lockstep;
use crate::drivers::{chance, drawn, free, replayed};
use crate::fibre_channel::{KINDS, kind, line_speed};
use hardpath_rtl::fibre_channel::arbitrated_loop::{AlternateCredit, LoopInitializer, LoopPortStateMachine};
use hardpath_rtl::fibre_channel::{FrameVerdict, WordKind};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

/// Addresses that mean something to a port with address 02h.
const ADDRESSES: [u8; 6] = [0x01, 0x02, 0x04, 0xF0, 0xF7, 0xFF];

#[test]
fn loop_port_state_machines() {
    lockstep(
        "loop-port-state-machine",
        LoopPortStateMachine::new(400),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("is_enabled", |block| &mut block.is_enabled)
                .input_with("kind", |block, words| block.kind.next = kind(words))
                .input("received", |block| &mut block.received)
                .input("is_repeated", |block| &mut block.is_repeated)
                .input("transmitted", |block| &mut block.transmitted)
                .input("transmitted_is_ordered_set", |block| &mut block.transmitted_is_ordered_set)
                .input("frame_sent", |block| &mut block.frame_sent)
                .input("wants", |block| &mut block.wants)
                .input("destination", |block| &mut block.destination)
                .input("own", |block| &mut block.own)
                .input("has_address", |block| &mut block.has_address)
                .input("is_half_duplex", |block| &mut block.is_half_duplex)
                .input("initialize", |block| &mut block.initialize)
                .input_with("speed", |block, words| block.speed.next = line_speed(words))
                .input("sends_arb", |block| &mut block.sends_arb)
                .input("closes", |block| &mut block.closes)
        },
        |_| {
            let mut kind = WordKind::Idle;
            let (mut wants, mut is_idle) = (0, true);
            vec![
                chance("is_enabled", 0.9995),
                drawn("kind", move |_, random| {
                    // What moves a port, mostly, and each for some time.
                    let moving = [
                        WordKind::Idle,
                        WordKind::Arb,
                        WordKind::Arb,
                        WordKind::Opn,
                        WordKind::Cls,
                        WordKind::Data,
                        WordKind::EofT,
                        WordKind::Lip,
                    ];
                    if random.random_bool(0.4) {
                        kind = *moving.choose(random).expect("a kind");
                    } else if random.random_bool(0.01) {
                        kind = KINDS[random.random_range(0..KINDS.len())];
                    }
                    kind as u64
                }),
                drawn("received", |_, random| {
                    let mut address = || *ADDRESSES.choose(random).expect("an address");
                    let (first, second) = (address(), address());
                    let second = if random.random_bool(0.7) { first } else { second };
                    u64::from(u32::from_le_bytes([0xBC, 0x94, first, second]))
                }),
                chance("is_repeated", 0.1),
                drawn("transmitted", move |_, random| {
                    if random.random_bool(0.05) {
                        is_idle = !is_idle;
                    }
                    if is_idle { 0xB5B5_95BC } else { random.random::<u32>().into() }
                }),
                chance("transmitted_is_ordered_set", 0.95),
                chance("frame_sent", 0.02),
                drawn("wants", move |_, random| {
                    if random.random_bool(0.02) {
                        wants = random.random_range(0..2);
                    }
                    wants
                }),
                drawn("destination", |cycle, _| u64::from(ADDRESSES[cycle as usize / 200 % 3])),
                drawn("own", |cycle, _| if cycle % 3_000 < 2_500 { 0x02 } else { 0x45 }),
                chance("has_address", 0.98),
                free("is_half_duplex", 0.01),
                drawn("speed", |cycle, _| cycle / 1000 % 3),
                chance("initialize", 0.001),
                free("sends_arb", 0.01),
                chance("closes", 0.02),
            ]
        },
        9000,
    );
}

#[test]
fn alternate_credits() {
    lockstep(
        "alternate-credit",
        AlternateCredit::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("reset", |block| &mut block.reset)
                .input("frame_sent", |block| &mut block.frame_sent)
                .input("ready_received", |block| &mut block.ready_received)
        },
        |_| vec![chance("reset", 0.002), chance("frame_sent", 0.4), chance("ready_received", 0.6)],
        3000,
    );
}

/// Words of frames of initialization, and of some that are none, with the time that it takes to look at them: valid, first, word,
/// ended, how, restarts, ARB(F0) came.
fn initializations() -> Vec<Vec<Vec<u64>>> {
    let mut random = StdRng::seed_from_u64(3);
    let mut cycles = vec![];
    for round in 0..8_u8 {
        let mut idle = |count: usize, restarts: bool, arb: bool| {
            cycles.extend((0..count).map(|place| vec![0, 0, 0, 0, 0, u64::from(restarts && place == 0), arb.into()]));
        };
        idle(260, true, false);
        let mut frames: Vec<Vec<u8>> = vec![];
        // A higher name, then one's own, or a lower one.
        for name in [0x9000, if round % 2 == 0 { 0x5000 } else { 0x1000 }] {
            frames.push([[0x11, 0x01, 0, 0, 0, 0, 0, 0, 0, 0].as_slice(), &u16::to_be_bytes(name)].concat());
        }
        frames.push(vec![]);
        for kind in 2..=5 {
            let map: [u8; 16] = std::array::from_fn(|_| if round < 4 { 0 } else { random.random() });
            frames.push([[0x11, kind, 1, 0].as_slice(), &map].concat());
        }
        frames.push(vec![0x11, 0x05, 0, 0]);
        for payload in frames {
            if payload.is_empty() {
                cycles.extend((0..40).map(|_| vec![0, 0, 0, 0, 0, 0, 1]));
                cycles.extend((0..60).map(|_| vec![0; 7]));
                continue;
            }
            let mut header = [0_u8; 24];
            (header[0], header[3], header[8]) = (0x22, 0xEF, 0x01);
            if round == 7 {
                header[0] = 0x06;
            }
            let bytes = [header.as_slice(), &payload].concat();
            let words: Vec<u64> = bytes
                .chunks(4)
                .map(|word| u32::from_le_bytes(std::array::from_fn(|place| word[place])).into())
                .collect();
            for (place, word) in words.iter().enumerate() {
                cycles.push(vec![1, u64::from(place == 0), *word, 0, 0, 0, 0]);
            }
            let verdict = if random.random_bool(0.9) { FrameVerdict::Good } else { FrameVerdict::CrcError };
            cycles.push(vec![0, 0, 0, 1, verdict as u64, 0, 0]);
            cycles.extend((0..560).map(|_| vec![0; 7]));
        }
    }
    cycles.into_iter().map(|row| row.into_iter().map(|value| vec![value]).collect()).collect()
}

#[test]
fn loop_initializers() {
    let names = ["valid", "first", "word", "ended", "verdict", "restarts", "sees_arb"].map(str::to_owned);
    let recorded = (names.to_vec(), initializations());
    let cycles = recorded.1.len();
    lockstep(
        "loop-initializer",
        LoopInitializer::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("valid", |block| &mut block.valid)
                .input("first", |block| &mut block.first)
                .input("word", |block| &mut block.word)
                .input("ended", |block| &mut block.ended)
                .input_with("verdict", |block, words| {
                    block.verdict.next = if words[0] == 0 { FrameVerdict::Good } else { FrameVerdict::CrcError };
                })
                .input("restarts", |block| &mut block.restarts)
                .input("sees_arb", |block| &mut block.sees_arb)
                .input("is_active", |block| &mut block.is_active)
                .input("name", |block| &mut block.name)
                .input("hard_address", |block| &mut block.hard_address)
                .input("has_hard_address", |block| &mut block.has_hard_address)
                .input("frame_out_ready", |block| &mut block.frame_out.ready)
        },
        |_| {
            let mut drivers = replayed(&recorded);
            drivers.extend([
                chance("is_active", 0.9999),
                drawn("name", |_, _| 0x5000),
                drawn("hard_address", |cycle, _| if cycle < 15_000 { 0x45 } else { 0x6A }),
                drawn("has_hard_address", |cycle, _| u64::from(cycle > 6_000)),
                chance("frame_out_ready", 0.9),
            ]);
            drivers
        },
        cycles,
    );
}
