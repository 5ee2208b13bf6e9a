//! Blocks of the serial line: engine, `simulate()` and Verilator agree.

use crate::blocks::{events_of, lockstep, stream_sink};
use hardpath_rtl::line::Crc32Word;
use hardpath_rtl::linear::FactoredLinearMap;
use hardpath_testbenches::cosimulation::{Driver, Free, StreamDriver};
use rand::Rng;

fn free(name: impl Into<String>, change: f64) -> Box<dyn Driver> {
    Box::new(Free::new(name, change))
}

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
