//! Striping and parity: engine, `simulate()` and Verilator agree, for several geometries, under back-pressure.

use crate::blocks::{Lockstep, events_of, lockstep, stream_sink, stream_source};
use crate::drivers::{free, pulse};
use hardpath_rtl::raid::{
    Divider, LaneWritePort, ParityBenchmark, StripReconstructor, StripeDataPath, StripeLayout, StripeLayoutInverse,
    StripeReader, StripeWriter, XorParityEngine,
};
use hardpath_testbenches::cosimulation::{Driver, Sequence, StreamDriver, StreamListener};
use rand::Rng;

/// Every width of word with data that ends now and then.
fn data_stream(name: &str, offer: f64, mean_length: u32) -> Box<dyn Driver> {
    Box::new(StreamDriver::with_words(name, offer, move |_, random| {
        ((0..16).map(|_| random.random()).collect(), random.random_range(0..mean_length) == 0)
    }))
}

fn listener(name: impl Into<String>, ready: f64) -> Box<dyn Driver> {
    Box::new(StreamListener::new(name, ready))
}

/// A number below `limit` that changes in one of `period` cycles.
fn seldom(name: &str, limit: u64, period: u32) -> Box<dyn Driver> {
    let mut value = 0;
    Box::new(Sequence::new(name, move |cycle, random| {
        if cycle > 0 && random.random_range(0..period) == 0 {
            value = random.random_range(0..limit);
        }
        vec![value]
    }))
}

#[test]
fn dividers() {
    for divisor in [2, 3, 10, 16] {
        lockstep(
            &format!("divider-{divisor}"),
            Divider::new(divisor).unwrap(),
            |model| model.clock("clock", |block| &mut block.clock).input("dividend", |block| &mut block.dividend),
            |_| vec![free("dividend", 0.8)],
            2000,
        );
    }
}

#[test]
fn stripe_layouts() {
    for data_lanes in [2, 9, 15] {
        lockstep(
            &format!("stripe-layout-{data_lanes}"),
            StripeLayout::new(data_lanes).unwrap(),
            |model| {
                model
                    .clock("clock", |block| &mut block.clock)
                    .input("lookup_valid", |block| &mut block.lookup_valid)
                    .input("logical_strip", |block| &mut block.logical_strip)
            },
            |_| vec![free("lookup_valid", 0.5), free("logical_strip", 0.8)],
            2000,
        );
        lockstep(
            &format!("stripe-layout-inverse-{data_lanes}"),
            StripeLayoutInverse::new(data_lanes).unwrap(),
            |model| {
                model
                    .clock("clock", |block| &mut block.clock)
                    .input("lookup_valid", |block| &mut block.lookup_valid)
                    .input("stripe", |block| &mut block.stripe)
                    .input("lane", |block| &mut block.lane)
            },
            |_| vec![free("lookup_valid", 0.5), free("stripe", 0.8), free("lane", 0.8)],
            2000,
        );
    }
}

fn xor_parity_engine<const W: usize, const A: usize>(data_lanes: usize, words: usize, offer: f64, ready: f64) {
    let comparison = Lockstep {
        in_step: false,
        name: format!("xor-parity-engine-{W}-{A}-{data_lanes}-{words}"),
        cycles: 4000,
        synthesized: true,
        drivers: &|_| vec![data_stream("sink", offer, 400), listener("data", ready), listener("parity", ready)],
    };
    let events = comparison.run(XorParityEngine::<W, A>::new(data_lanes, words).unwrap(), |model| {
        let model = model.clock("clock", |block| &mut block.clock);
        let model = stream_sink!(model, "sink", sink);
        stream_source!(stream_source!(model, "data", data), "parity", parity)
    });
    assert!(events_of(&events, "data") > 1000 && events_of(&events, "parity") > 100, "{events:?}");
}

#[test]
fn xor_parity_engines() {
    xor_parity_engine::<32, 3>(2, 8, 1.0, 0.7);
    xor_parity_engine::<64, 4>(9, 16, 0.9, 0.9);
    xor_parity_engine::<65, 5>(3, 20, 0.6, 1.0);
    xor_parity_engine::<512, 4>(4, 9, 1.0, 0.5);
}

#[test]
fn lane_write_ports() {
    lockstep(
        "lane-write-port",
        LaneWritePort::<64>::default(),
        |model| {
            let model = model.clock("clock", |block| &mut block.clock);
            let model = stream_sink!(model, "sink", sink).input("sink_stripe", |block| &mut block.sink.stripe);
            stream_source!(model, "source", source)
        },
        |_| vec![data_stream("sink", 0.8, 8), free("sink_stripe", 0.1), listener("source", 0.6)],
        4000,
    );
}

#[test]
fn strip_reconstructors() {
    fn compare<const W: usize>(data_lanes: usize) {
        let events = lockstep(
            &format!("strip-reconstructor-{W}-{data_lanes}"),
            StripReconstructor::<W>::new(data_lanes).unwrap(),
            |model| {
                let mut model = model
                    .clock("clock", |block| &mut block.clock)
                    .input("enabled", |block| &mut block.enabled)
                    .input("lane", |block| &mut block.lane)
                    .input("missing", |block| &mut block.missing);
                for lane in 0..=data_lanes {
                    model = stream_sink!(model, format!("lanes_{lane}"), lanes[lane]);
                }
                stream_source!(model, "source", source)
            },
            |_| {
                let lanes = data_lanes as u64 + 1;
                let mut drivers = vec![
                    free("enabled", 0.1),
                    seldom("lane", lanes, 30),
                    seldom("missing", 2, 60),
                    listener("source", 0.8),
                ];
                drivers.extend((0..lanes).map(|lane| data_stream(&format!("lanes_{lane}"), 0.95, 16)));
                drivers
            },
            4000,
        );
        assert!(events_of(&events, "source") > 300, "{events:?}");
    }
    compare::<8>(2);
    compare::<64>(9);
}

fn lane_listeners(name: &str, lanes: usize, ready: f64) -> impl Iterator<Item = Box<dyn Driver>> {
    (0..lanes).map(move |lane| listener(format!("{name}_{lane}"), ready))
}

#[test]
fn stripe_writers() {
    fn compare<const W: usize, const A: usize>(data_lanes: usize, words: usize) {
        let events = lockstep(
            &format!("stripe-writer-{W}-{A}-{data_lanes}-{words}"),
            StripeWriter::<W, A>::new(data_lanes, words).unwrap(),
            |model| {
                let model = model
                    .clock("clock", |block| &mut block.clock)
                    .input("failed", |block| &mut block.failed)
                    .input("failed_lane", |block| &mut block.failed_lane);
                let mut model = stream_sink!(model, "sink", sink);
                for lane in 0..=data_lanes {
                    model = stream_source!(model, format!("lanes_{lane}"), lanes[lane]);
                }
                model
            },
            |_| {
                let lanes = data_lanes + 1;
                let mut drivers = vec![
                    data_stream("sink", 0.9, 500),
                    seldom("failed", 2, 900),
                    seldom("failed_lane", lanes as u64, 900),
                ];
                drivers.extend(lane_listeners("lanes", lanes, 0.95));
                drivers
            },
            3000,
        );
        assert!(events_of(&events, "sink") > 500, "{events:?}");
    }
    compare::<32, 3>(2, 8);
    compare::<64, 4>(9, 16);
}

#[test]
fn stripe_readers() {
    fn compare<const W: usize>(data_lanes: usize) {
        let events = lockstep(
            &format!("stripe-reader-{W}-{data_lanes}"),
            StripeReader::<W>::new(data_lanes).unwrap(),
            |model| {
                let mut model = model
                    .clock("clock", |block| &mut block.clock)
                    .input("start", |block| &mut block.start)
                    .input("strip_count", |block| &mut block.strip_count)
                    .input("failed", |block| &mut block.failed)
                    .input("failed_lane", |block| &mut block.failed_lane);
                for lane in 0..=data_lanes {
                    model = stream_source!(model, format!("requests_{lane}"), requests[lane]);
                    model = stream_sink!(model, format!("lanes_{lane}"), lanes[lane]);
                }
                stream_source!(model, "source", source)
            },
            |_| {
                let lanes = data_lanes + 1;
                let mut drivers = vec![
                    pulse("start", 40),
                    seldom("strip_count", 40, 100),
                    seldom("failed", 2, 400),
                    seldom("failed_lane", lanes as u64, 400),
                    listener("source", 0.9),
                ];
                drivers.extend(lane_listeners("requests", lanes, 0.9));
                drivers.extend((0..lanes).map(|lane| {
                    Box::new(StreamDriver::with_units(format!("lanes_{lane}"), 0.97, 8)) as Box<dyn Driver>
                }));
                drivers
            },
            3000,
        );
        assert!(events_of(&events, "source") > 100, "{events:?}");
    }
    compare::<8>(2);
    compare::<64>(9);
}

#[test]
fn stripe_data_paths() {
    fn compare<const W: usize, const A: usize>(data_lanes: usize, words: usize) {
        let mut block = StripeDataPath::<W, A>::new(data_lanes, words).unwrap();
        block.connect_inputs();
        let events = lockstep(
            &format!("stripe-data-path-{W}-{A}-{data_lanes}-{words}"),
            block,
            |model| {
                let model = model
                    .clock("clock", |block| &mut block.clock)
                    .input("read_start", |block| &mut block.read_start)
                    .input("read_strip_count", |block| &mut block.read_strip_count)
                    .input("failed", |block| &mut block.failed)
                    .input("failed_lane", |block| &mut block.failed_lane);
                let mut model = stream_source!(stream_sink!(model, "sink", sink), "source", source);
                for lane in 0..=data_lanes {
                    model = stream_source!(model, format!("lane_writes_{lane}"), lane_writes[lane]);
                    model = stream_source!(model, format!("lane_requests_{lane}"), lane_requests[lane]);
                    model = stream_sink!(model, format!("lane_reads_{lane}"), lane_reads[lane]);
                }
                model
            },
            |_| {
                let lanes = data_lanes + 1;
                let mut drivers = vec![
                    data_stream("sink", 0.95, 500),
                    listener("source", 0.9),
                    pulse("read_start", 40),
                    seldom("read_strip_count", 40, 100),
                    seldom("failed", 2, 800),
                    seldom("failed_lane", lanes as u64, 800),
                ];
                drivers.extend(lane_listeners("lane_writes", lanes, 0.97));
                drivers.extend(lane_listeners("lane_requests", lanes, 0.9));
                drivers.extend((0..lanes).map(|lane| {
                    let name = format!("lane_reads_{lane}");
                    Box::new(StreamDriver::with_units(name, 0.97, words as u64)) as Box<dyn Driver>
                }));
                drivers
            },
            2000,
        );
        assert!(events_of(&events, "source") > 100 && events_of(&events, "sink") > 300, "{events:?}");
    }
    compare::<32, 3>(2, 8);
    compare::<64, 4>(9, 16);
}

#[test]
fn parity_benchmarks() {
    lockstep(
        "parity-benchmark-64-4-9-16",
        ParityBenchmark::<64, 4>::new(9, 16).unwrap(),
        |model| model.clock("clock", |block| &mut block.clock),
        |_| Vec::new(),
        3000,
    );
}
