//! BCH blocks and the linear maps they are made of: engine, `simulate()` and Verilator agree.

use crate::blocks::{events_of, lockstep, stream_sink, stream_source};
use crate::drivers::free;
use hardpath_rtl::flash_controller::ecc::{
    BchChienSearch, BchCode, BchDecoder, BchEncoder, BchKeyEquation, BchKeyEquationLane, BchSyndromes, GaloisMultiplier,
};
use hardpath_rtl::linear::PipelinedLinearMap;
use hardpath_testbenches::cosimulation::{Driver, Sequence, StreamDriver, StreamListener};
use hardpath_testbenches::golden::Bch;
use rand::Rng;
use rust_hdl::prelude::Bits;

/// High in one of `period` cycles, always at the same place.
fn every(name: &str, period: u64) -> Box<dyn Driver> {
    Box::new(Sequence::new(name, move |cycle, _| vec![u64::from(cycle % period == 3)]))
}

fn small_code() -> BchCode {
    BchCode::new(9, 0x211, 2, 40).expect("legal")
}

#[test]
fn pipelined_linear_maps() {
    let columns: Vec<Bits<70>> = (0..90_u64).map(|column| (column * column + 1).into()).collect();
    lockstep(
        "pipelined-linear-map-90-70",
        PipelinedLinearMap::<90, 70>::new(&columns, &[]),
        |model| model.clock("clock", |block| &mut block.clock).input("vector", |block| &mut block.vector),
        |_| vec![free("vector", 0.8)],
        1000,
    );
}

#[test]
fn galois_multipliers() {
    lockstep(
        "galois-multiplier-13",
        GaloisMultiplier::<13>::new(&BchCode::slc()),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("multiplicand", |block| &mut block.multiplicand)
                .input("multiplier", |block| &mut block.multiplier)
        },
        |_| vec![free("multiplicand", 0.8), free("multiplier", 0.8)],
        1000,
    );
}

#[test]
fn bch_encoders() {
    fn compare<const B: usize, const P: usize>(code: &BchCode, mean_length: u32) {
        let events = lockstep(
            &format!("bch-encoder-{B}-{P}"),
            BchEncoder::<B, P>::new(code),
            |model| {
                let model = model.clock("clock", |block| &mut block.clock);
                stream_source!(stream_sink!(model, "sink", sink), "source", source)
            },
            |_| {
                let words = move |_, random: &mut rand::rngs::StdRng| {
                    (vec![random.random()], random.random_range(0..mean_length) == 0)
                };
                vec![
                    Box::new(StreamDriver::with_words("sink", 0.9, words)),
                    Box::new(StreamListener::new("source", 0.8)),
                ]
            },
            1500,
        );
        assert!(events_of(&events, "source") > 500, "{events:?}");
    }
    compare::<8, 104>(&BchCode::slc(), 60);
    compare::<8, 168>(&BchCode::short_block(), 60);
    compare::<16, 30>(&BchCode::new(10, 0x409, 3, 100).expect("legal"), 10);
}

#[test]
fn bch_syndromes() {
    lockstep(
        "bch-syndromes-13-8",
        BchSyndromes::<13, 8>::new(&BchCode::slc()),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("word_valid", |block| &mut block.word_valid)
                .input("word", |block| &mut block.word)
        },
        |_| vec![free("word_valid", 0.3), free("word", 0.9)],
        2000,
    );
}

#[test]
fn bch_key_equation_lanes() {
    let bits =
        ["start", "swap", "step_locator", "step_correction", "correction_begins", "step_window", "window_begins"];
    let others = ["take_factor", "begin_scaling", "step_scaling"];
    lockstep(
        "bch-key-equation-lane-13",
        BchKeyEquationLane::<13, 117>::new(&BchCode::slc(), 0, 9, -7),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("start", |block| &mut block.start)
                .input("discrepancy", |block| &mut block.discrepancy)
                .input("swap", |block| &mut block.swap)
                .input("step_locator", |block| &mut block.step_locator)
                .input("step_correction", |block| &mut block.step_correction)
                .input("correction_begins", |block| &mut block.correction_begins)
                .input("step_window", |block| &mut block.step_window)
                .input("window_begins", |block| &mut block.window_begins)
                .input("take_factor", |block| &mut block.take_factor)
                .input("begin_scaling", |block| &mut block.begin_scaling)
                .input("step_scaling", |block| &mut block.step_scaling)
                .input("correction_in", |block| &mut block.correction_in)
                .input("window_in", |block| &mut block.window_in)
        },
        |_| {
            let values = ["discrepancy", "correction_in", "window_in"].into_iter();
            bits.into_iter().chain(others).chain(values).map(|name| free(name, 0.4)).collect()
        },
        1000,
    );
}

#[test]
fn bch_key_equations() {
    fn compare<const M: usize, const S: usize>(code: &BchCode, lanes: usize) {
        let period = BchKeyEquation::<M, S>::latency(code, lanes) as u64 + 2;
        lockstep(
            &format!("bch-key-equation-{M}-{S}-{lanes}"),
            BchKeyEquation::<M, S>::new(code, 8, lanes),
            |model| {
                let mut model = model.clock("clock", |block| &mut block.clock).input("start", |block| &mut block.start);
                for index in 0..code.strength() {
                    model = model.input(&format!("syndromes_{index}"), move |block| &mut block.syndromes[index]);
                }
                model
            },
            |_| {
                let mut drivers = vec![every("start", period)];
                drivers.extend((0..code.strength()).map(|index| free(&format!("syndromes_{index}"), 0.005)));
                drivers
            },
            1000,
        );
    }
    compare::<13, 117>(&BchCode::slc(), 1);
    compare::<9, 36>(&small_code(), 2);
}

#[test]
fn bch_chien_searches() {
    lockstep(
        "bch-chien-search-13-8",
        BchChienSearch::<13, 8, 117, 104>::new(&BchCode::slc()),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("start", |block| &mut block.start)
                .input("locator", |block| &mut block.locator)
                .input("degree", |block| &mut block.degree)
                .input("too_many", |block| &mut block.too_many)
        },
        |_| vec![every("start", 527), free("locator", 0.1), free("degree", 0.1), free("too_many", 0.1)],
        1200,
    );
}

#[test]
fn bch_decoders() {
    let code = small_code();
    let golden = Bch::new(9, 0x211, 2, 8);
    lockstep(
        "bch-decoder-9-8",
        BchDecoder::<9, 8, 36, 72, 8>::new(&code, 2),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("word_valid", |block| &mut block.word_valid)
                .input("word", |block| &mut block.word)
        },
        |_| {
            let golden = golden.clone();
            let mut codeword = vec![];
            vec![
                Box::new(Sequence::constant("word_valid", 1)) as Box<dyn Driver>,
                Box::new(Sequence::new("word", move |_, random| {
                    if codeword.is_empty() {
                        codeword = golden.encode(&(0..40).map(|_| random.random()).collect::<Vec<u8>>());
                        for _ in 0..random.random_range(0..4) {
                            let place = random.random_range(0..codeword.len());
                            codeword[place] ^= 1 << random.random_range(0..8);
                        }
                    }
                    vec![u64::from(codeword.remove(0))]
                })),
            ]
        },
        1500,
    );
}
