//! Stream buffers: engine, `simulate()` and Verilator agree under random offers and back-pressure.

use crate::blocks::{events_of, lockstep, stream_sink, stream_source};
use hardpath_rtl::stream::{SkidBuffer, SynchronousFifo};
use hardpath_testbenches::cosimulation::{Driver, Interface, StreamDriver, StreamListener};

const CYCLES: usize = 4000;

fn drivers(offer: f64, ready: f64) -> impl Fn(&Interface) -> Vec<Box<dyn Driver>> {
    move |_| vec![Box::new(StreamDriver::new("sink", offer)), Box::new(StreamListener::new("source", ready))]
}

fn skid_buffer<const W: usize>(offer: f64, ready: f64) {
    let events = lockstep(
        &format!("skid-buffer-{W}-{offer}-{ready}"),
        SkidBuffer::<W>::default(),
        |model| {
            let model = model.clock("clock", |block| &mut block.clock);
            stream_source!(stream_sink!(model, "sink", sink), "source", source)
        },
        drivers(offer, ready),
        CYCLES,
    );
    assert!(events_of(&events, "source") > 500, "{events:?}");
}

fn synchronous_fifo<const W: usize, const A: usize>(threshold: u16, offer: f64, ready: f64) {
    let events = lockstep(
        &format!("synchronous-fifo-{W}-{A}-{offer}-{ready}"),
        SynchronousFifo::<W, A>::new(threshold),
        |model| {
            let model = model.clock("clock", |block| &mut block.clock);
            stream_source!(stream_sink!(model, "sink", sink), "source", source)
        },
        drivers(offer, ready),
        CYCLES,
    );
    assert!(events_of(&events, "source") > 500, "{events:?}");
}

#[test]
fn skid_buffers_of_several_widths() {
    skid_buffer::<1>(0.5, 0.5);
    skid_buffer::<8>(1.0, 1.0);
    skid_buffer::<64>(0.9, 0.3);
    skid_buffer::<65>(0.3, 0.9);
    skid_buffer::<512>(0.7, 0.7);
}

#[test]
fn synchronous_fifos_of_several_shapes() {
    synchronous_fifo::<1, 2>(3, 0.9, 0.9);
    synchronous_fifo::<8, 3>(6, 1.0, 0.3);
    synchronous_fifo::<64, 4>(12, 0.5, 1.0);
    synchronous_fifo::<130, 5>(32, 0.8, 0.6);
    synchronous_fifo::<64, 9>(480, 1.0, 0.4);
}
