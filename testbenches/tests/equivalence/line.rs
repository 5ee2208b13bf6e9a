//! Blocks of the serial line: engine, `simulate()` and Verilator agree.

use crate::blocks::{events_of, lockstep, stream_sink};
use crate::drivers::{chance, drawn, free};
use hardpath_rtl::line::{
    CommaAligner, Crc32Word, Decoder8b10b, ElasticBuffer, Encoder8b10b, FrameScrambler, ScramblerParameters,
    WordSynchronizer,
};
use hardpath_rtl::linear::FactoredLinearMap;
use hardpath_testbenches::cosimulation::StreamDriver;
use rand::Rng;

#[test]
fn factored_linear_maps() {
    lockstep(
        "factored-linear-map-20-40",
        FactoredLinearMap::<20, 40>::new(&std::array::from_fn(|column| 0x9e37_79b9_7f4a_7c15 >> column), &[]),
        |model| model.input("vector", |block| &mut block.vector),
        |_| vec![free("vector", 0.8)],
        1000,
    );
}

#[test]
fn crc32_words() {
    let events = lockstep(
        "crc32-word",
        Crc32Word::default(),
        |model| {
            let model = model.clock("clock", |block| &mut block.clock);
            stream_sink!(model, "sink", sink).input("unused_bytes", |block| &mut block.unused_bytes)
        },
        |_| {
            let words = |_, random: &mut rand::rngs::StdRng| (vec![random.random()], random.random_range(0..5) == 0);
            vec![Box::new(StreamDriver::with_words("sink", 0.9, words)), free("unused_bytes", 0.5)]
        },
        3000,
    );
    assert!(events_of(&events, "sink") > 1000, "{events:?}");
}

#[test]
fn frame_scramblers() {
    lockstep(
        "frame-scrambler",
        FrameScrambler::new(ScramblerParameters::ASSUMED),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("is_enabled", |block| &mut block.is_enabled)
                .input("starts", |block| &mut block.starts)
                .input("is_data", |block| &mut block.is_data)
                .input("word", |block| &mut block.word)
        },
        |_| vec![chance("is_enabled", 0.9), chance("starts", 0.05), chance("is_data", 0.8), free("word", 0.9)],
        2000,
    );
}

#[test]
fn encoders_8b10b() {
    // Without lookahead for legal control characters: the models agree about the others as well.
    lockstep(
        "encoder-8b10b",
        Encoder8b10b::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("word", |block| &mut block.word)
                .input("control", |block| &mut block.control)
        },
        |_| vec![free("word", 0.9), free("control", 0.3)],
        3000,
    );
}

#[test]
fn decoders_8b10b() {
    lockstep(
        "decoder-8b10b",
        Decoder8b10b::default(),
        |model| model.clock("clock", |block| &mut block.clock).input("code", |block| &mut block.code),
        |_| vec![free("code", 0.9)],
        3000,
    );
}

#[test]
fn comma_aligners() {
    lockstep(
        "comma-aligner",
        CommaAligner::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("received", |block| &mut block.received)
                .input("may_move", |block| &mut block.may_move)
        },
        // Of forty random bits every second word holds a comma.
        |_| vec![free("received", 0.9), free("may_move", 0.2)],
        3000,
    );
}

#[test]
fn word_synchronizers() {
    let comma = |_, random: &mut rand::rngs::StdRng| {
        let word: u64 = random.random_range(0..1 << 32);
        if random.random_bool(0.5) { word & !0xFF | 0xBC } else { word }
    };
    lockstep(
        "word-synchronizer",
        WordSynchronizer::default(),
        |model| {
            model
                .clock("clock", |block| &mut block.clock)
                .input("word", |block| &mut block.word)
                .input("control", |block| &mut block.control)
                .input("code_error", |block| &mut block.code_error)
                .input("disparity_error", |block| &mut block.disparity_error)
                .input("comma_misplaced", |block| &mut block.comma_misplaced)
        },
        |_| {
            vec![
                drawn("word", comma),
                chance("control", 0.4),
                chance("code_error", 0.1),
                chance("disparity_error", 0.1),
                chance("comma_misplaced", 0.05),
            ]
        },
        3000,
    );
}

#[test]
fn elastic_buffers() {
    lockstep(
        "elastic-buffer",
        ElasticBuffer::default(),
        |model| {
            model
                .clock("line_clock", |block| &mut block.line_clock)
                .clock("clock", |block| &mut block.clock)
                .input("received", |block| &mut block.received)
                .input("received_is_ordered_set", |block| &mut block.received_is_ordered_set)
                .input("received_is_invalid", |block| &mut block.received_is_invalid)
                .input("received_is_synchronized", |block| &mut block.received_is_synchronized)
        },
        |_| {
            vec![
                drawn(
                    "received",
                    |_, random| {
                        if random.random_bool(0.5) { 0xB5B5_95BC } else { random.random_range(0..1 << 32) }
                    },
                ),
                free("received_is_ordered_set", 0.5),
                free("received_is_invalid", 0.3),
                free("received_is_synchronized", 0.1),
            ]
        },
        6000,
    );
}
