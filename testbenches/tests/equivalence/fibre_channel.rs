//! Blocks of a Fibre Channel port: engine, `simulate()` and Verilator agree.

use crate::blocks::{Lockstep, events_of, lockstep, stream_sink};
use crate::drivers::{chance, drawn, free};
use hardpath_rtl::fibre_channel::{
    CreditCounter, EndOfFrameDisparity, FrameReceiver, FrameTransmitter, LineSpeed, Link, LinkTimes, OrderedSetDecoder,
    PortOutput, PortStateMachine, SpeedNegotiator, WordKind,
};
use hardpath_testbenches::cosimulation::{Driver, Interface, Sequence, StreamDriver};
use hardpath_testbenches::golden::frame::{Frame, LineWord};
use hardpath_testbenches::golden::line_code::{LINE_CODE, control, data};
use hardpath_testbenches::golden::ordered_set::ordered_sets;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

/// What words are, in the order of their numbers.
pub const KINDS: [WordKind; 27] = [
    WordKind::Unsynchronized,
    WordKind::Invalid,
    WordKind::Data,
    WordKind::Idle,
    WordKind::Arb,
    WordKind::RRdy,
    WordKind::BbScS,
    WordKind::BbScR,
    WordKind::Opn,
    WordKind::Cls,
    WordKind::Nos,
    WordKind::Ols,
    WordKind::Lr,
    WordKind::Lrr,
    WordKind::Lip,
    WordKind::Lpe,
    WordKind::Lpb,
    WordKind::SofI3,
    WordKind::SofN3,
    WordKind::Sof2,
    WordKind::SofOther,
    WordKind::EofN,
    WordKind::EofT,
    WordKind::EofA,
    WordKind::EofNi,
    WordKind::EofOther,
    WordKind::Other,
];

pub fn kind(words: &[u64]) -> WordKind {
    KINDS[words[0] as usize]
}

pub fn line_speed(words: &[u64]) -> LineSpeed {
    [LineSpeed::Eight, LineSpeed::Four, LineSpeed::Two][words[0] as usize]
}

fn output(words: &[u64]) -> PortOutput {
    let outputs =
        [PortOutput::Ols, PortOutput::Nos, PortOutput::Lr, PortOutput::Lrr, PortOutput::Fill, PortOutput::Frames];
    outputs[words[0] as usize]
}

/// A word that is an ordered set as often as not, and some of them three times.
fn words(mut held: u64) -> impl FnMut(u64, &mut StdRng) -> u64 {
    let sets: Vec<u64> = ordered_sets().iter().map(|set| u64::from(u32::from_le_bytes(set.bytes))).collect();
    move |_, random| {
        if random.random_bool(0.5) {
            held = if random.random_bool(0.8) { sets[random.random_range(0..sets.len())] } else { random.random() };
        }
        held & 0xFFFF_FFFF
    }
}

#[test]
fn ordered_set_decoders() {
    lockstep(
        "ordered-set-decoder",
        OrderedSetDecoder::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("received", |block| &mut block.received)
                .input("is_ordered_set", |block| &mut block.is_ordered_set)
                .input("is_invalid", |block| &mut block.is_invalid)
                .input("is_synchronized", |block| &mut block.is_synchronized)
        },
        |_| {
            vec![
                drawn("received", words(0)),
                chance("is_ordered_set", 0.9),
                chance("is_invalid", 0.05),
                chance("is_synchronized", 0.95),
            ]
        },
        3000,
    );
}

#[test]
fn port_state_machines() {
    lockstep(
        "port-state-machine",
        PortStateMachine::new(LinkTimes { timeout: 70, offline: 30, ..LinkTimes::STANDARD }),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input_with("kind", |block, words| block.kind.next = kind(words))
                .input("is_repeated", |block| &mut block.is_repeated)
                .input("reset_link", |block| &mut block.reset_link)
                .input("go_offline", |block| &mut block.go_offline)
                .input_with("speed", |block, words| block.speed.next = line_speed(words))
        },
        |_| {
            let mut kind = WordKind::Unsynchronized;
            vec![
                drawn("kind", move |_, random| {
                    // What moves a port, mostly.
                    if random.random_bool(0.1) {
                        kind = KINDS[random.random_range(0..14)];
                    }
                    kind as u64
                }),
                chance("is_repeated", 0.8),
                chance("reset_link", 0.02),
                chance("go_offline", 0.002),
                drawn("speed", |cycle, _| cycle / 500 % 3),
            ]
        },
        5000,
    );
}

#[test]
fn speed_negotiators() {
    let times = LinkTimes { receive_cycle: 20, transmit_cycle: 160, stable: 90, ..LinkTimes::STANDARD };
    lockstep(
        "speed-negotiator",
        SpeedNegotiator::new(times),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("negotiates", |block| &mut block.negotiates)
                .input_with("fastest", |block, words| block.fastest.next = line_speed(words))
                .input("restart", |block| &mut block.restart)
                .input("is_synchronized", |block| &mut block.is_synchronized)
        },
        |_| {
            let (mut is_synchronized, mut fastest) = (0, 0);
            vec![
                drawn("negotiates", |cycle, _| u64::from(cycle % 1500 > 100)),
                drawn("fastest", move |_, random| {
                    if random.random_bool(0.003) {
                        fastest = random.random_range(0..3);
                    }
                    fastest
                }),
                chance("restart", 0.001),
                drawn("is_synchronized", move |_, random| {
                    if random.random_bool(0.01) {
                        is_synchronized = 1 - is_synchronized;
                    }
                    is_synchronized
                }),
            ]
        },
        6000,
    );
}

#[test]
fn credit_counters() {
    lockstep(
        "credit-counter",
        CreditCounter::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("credit", |block| &mut block.credit)
                .input("reset", |block| &mut block.reset)
                .input("frame_sent", |block| &mut block.frame_sent)
                .input("ready_received", |block| &mut block.ready_received)
        },
        |_| {
            vec![
                free("credit", 0.02),
                chance("reset", 0.005),
                chance("frame_sent", 0.5),
                chance("ready_received", 0.45),
            ]
        },
        3000,
    );
}

/// Frames, whole and damaged, as kinds and words.
fn line_of_frames() -> Vec<(WordKind, u32)> {
    let mut random = StdRng::seed_from_u64(1);
    let mut line = vec![];
    for _ in 0..60 {
        let frame = Frame {
            words: (0..random.random_range(4..30)).map(|_| random.random()).collect(),
            first: random.random(),
            last: random.random(),
        };
        let mut words: Vec<_> = frame.on_the_line().iter().map(|word| (WordKind::Data, word.word)).collect();
        let starts = [WordKind::SofI3, WordKind::SofN3, WordKind::Sof2];
        let ends = [WordKind::EofN, WordKind::EofT, WordKind::EofA, WordKind::EofNi];
        words[0].0 = *starts.choose(&mut random).expect("a start");
        words.last_mut().expect("an end").0 = *ends.choose(&mut random).expect("an end");
        if random.random_bool(0.2) {
            let place = random.random_range(0..words.len());
            words[place].0 =
                *[WordKind::Invalid, WordKind::Idle, WordKind::Unsynchronized].choose(&mut random).expect("one");
        }
        line.extend(words);
        line.extend(vec![(WordKind::Idle, 0); random.random_range(0..4)]);
    }
    line
}

#[test]
fn frame_receivers() {
    let line = line_of_frames();
    let cycles = line.len();
    lockstep(
        "frame-receiver",
        FrameReceiver::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input_with("kind", |block, words| block.kind.next = kind(words))
                .input("received", |block| &mut block.received)
                .input("is_active", |block| &mut block.is_active)
        },
        |_| {
            let (kinds, words) = (line.clone(), line.clone());
            vec![
                drawn("kind", move |cycle, _| kinds[cycle as usize].0 as u64),
                drawn("received", move |cycle, _| u64::from(words[cycle as usize].1)),
                chance("is_active", 0.995),
            ]
        },
        cycles,
    );
}

#[test]
fn frame_transmitters() {
    let events = lockstep(
        "frame-transmitter",
        FrameTransmitter::default(),
        |model| {
            stream_sink!(model.clock("clock", |block| &mut block.clock), "frame", frame)
                .input("is_first_of_sequence", |block| &mut block.is_first_of_sequence)
                .input("is_last_of_sequence", |block| &mut block.is_last_of_sequence)
                .input_with("transmits", |block, words| block.transmits.next = output(words))
                .input("fills_with_arb", |block| &mut block.fills_with_arb)
                .input("may_send", |block| &mut block.may_send)
                .input("owes_ready", |block| &mut block.owes_ready)
        },
        |_| {
            let mut output = 0;
            vec![
                Box::new(StreamDriver::with_units("frame", 0.98, 12)),
                free("is_first_of_sequence", 0.5),
                free("is_last_of_sequence", 0.5),
                // Frames most of the time, among the six things that a port sends.
                drawn("transmits", move |_, random| {
                    if random.random_bool(0.02) {
                        output = random.random_range(0..6);
                    } else if random.random_bool(0.1) {
                        output = 5;
                    }
                    output
                }),
                free("fills_with_arb", 0.01),
                chance("may_send", 0.5),
                chance("owes_ready", 0.3),
            ]
        },
        4000,
    );
    assert!(events_of(&events, "frame") > 1000, "{events:?}");
}

#[test]
fn end_of_frame_disparities() {
    lockstep(
        "end-of-frame-disparity",
        EndOfFrameDisparity::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("word", |block| &mut block.word)
                .input("is_ordered_set", |block| &mut block.is_ordered_set)
        },
        |_| vec![free("word", 0.9), chance("is_ordered_set", 0.1)],
        3000,
    );
}

/// Words that bring a link up, then frames, coded and cut at bit 13 of the line's words.
fn coded_line() -> Vec<u64> {
    let mut random = StdRng::seed_from_u64(2);
    let set = |bytes: u32| LineWord { word: bytes.swap_bytes(), is_ordered_set: true };
    let mut line = vec![];
    for sequence in [0xBC35_8A55, 0xBC49_BF49, 0xBC35_BF49, 0xBC95_B5B5] {
        line.extend(vec![set(sequence); 60]);
    }
    for _ in 0..40 {
        let frame = Frame {
            words: (0..random.random_range(6..40)).map(|_| random.random()).collect(),
            first: random.random(),
            last: random.random(),
        };
        line.extend(frame.on_the_line());
        line.extend([set(0xBC95_B5B5), set(0xBC95_4A4A), set(0xBC95_B5B5), set(0xBC95_B5B5)]);
    }
    let mut positive = false;
    let mut bits = vec![];
    for LineWord { word, is_ordered_set } in line {
        let mut bytes = word.to_le_bytes();
        if is_ordered_set && positive {
            bytes[1] |= 0x20;
        }
        let first = if is_ordered_set { control(bytes[0]) } else { data(bytes[0]) };
        let (code, behind) = LINE_CODE.encode_word([first, data(bytes[1]), data(bytes[2]), data(bytes[3])], positive);
        positive = behind;
        bits.push(code);
    }
    // The line is cut elsewhere, and once in a while a bit is wrong.
    let cut = bits.windows(2).map(|pair| (pair[0] >> 13 | pair[1] << 27) & ((1 << 40) - 1));
    cut.map(|word| if random.random_bool(0.005) { word ^ 1 << random.random_range(0..40) } else { word }).collect()
}

#[test]
fn links() {
    let line = coded_line();
    let cycles = line.len();
    let drivers = |_: &Interface| -> Vec<Box<dyn Driver>> {
        let line = line.clone();
        vec![
            drawn("received", move |cycle, _| line[cycle as usize]),
            Box::new(StreamDriver::with_units("frame", 1.0, 12)),
            free("is_first_of_sequence", 0.5),
            free("is_last_of_sequence", 0.5),
            Box::new(Sequence::constant("credit", 20)),
            chance("buffer_freed", 0.02),
            free("fills_with_arb", 0.01),
            Box::new(Sequence::constant("reset_link", 0)),
            Box::new(Sequence::constant("go_offline", 0)),
            drawn("scrambles", move |cycle, _| u64::from(cycle as usize > cycles / 4)),
            // The speed is changed once.
            drawn("speed", move |cycle, _| u64::from(cycle as usize > cycles / 2)),
            drawn("is_negotiating", move |cycle, _| {
                u64::from((cycles / 2..cycles / 2 + 50).contains(&(cycle as usize)))
            }),
            chance("buffer_overrun", 0.005),
            // In a loop, too: with LIP that it sends, then with what the line has for others.
            drawn("is_loop", move |cycle, _| u64::from(cycle as usize > cycles * 3 / 4)),
            free("loop_address", 0.01),
            chance("has_loop_address", 0.95),
            free("is_half_duplex", 0.01),
            chance("initialize", 0.001),
            free("sends_arb", 0.01),
            chance("closes", 0.02),
            Box::new(StreamDriver::with_units("loop_frame", 1.0, 12)),
        ]
    };
    let comparison = Lockstep { name: "link".to_owned(), cycles, in_step: true, synthesized: false, drivers: &drivers };
    let events = comparison.run(Link::new(LinkTimes { timeout: 200, offline: 40, ..LinkTimes::STANDARD }), |model| {
        let model = model
            .clock("line_clock", |block| &mut block.line_clock)
            .clock("clock", |block| &mut block.clock)
            .input("received", |block| &mut block.received);
        stream_sink!(model, "frame", frame)
            .input("is_first_of_sequence", |block| &mut block.is_first_of_sequence)
            .input("is_last_of_sequence", |block| &mut block.is_last_of_sequence)
            .input("credit", |block| &mut block.credit)
            .input("buffer_freed", |block| &mut block.buffer_freed)
            .input("fills_with_arb", |block| &mut block.fills_with_arb)
            .input("reset_link", |block| &mut block.reset_link)
            .input("go_offline", |block| &mut block.go_offline)
            .input_with("speed", |block, words| block.speed.next = line_speed(words))
            .input("is_negotiating", |block| &mut block.is_negotiating)
            .input("scrambles", |block| &mut block.scrambles)
            .input("buffer_overrun", |block| &mut block.buffer_overrun)
            .input("is_loop", |block| &mut block.is_loop)
            .input("loop_address", |block| &mut block.loop_address)
            .input("has_loop_address", |block| &mut block.has_loop_address)
            .input("is_half_duplex", |block| &mut block.is_half_duplex)
            .input("initialize", |block| &mut block.initialize)
            .input("sends_arb", |block| &mut block.sends_arb)
            .input("closes", |block| &mut block.closes)
            .input("loop_frame_valid", |block| &mut block.loop_frame.valid)
            .input("loop_frame_data", |block| &mut block.loop_frame.data)
            .input("loop_frame_last", |block| &mut block.loop_frame.last)
    });
    assert!(events_of(&events, "frame") > 100, "{events:?}");
}
