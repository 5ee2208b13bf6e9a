//! Skid buffer and fifo: order, throughput, latency, level.

use hardpath_rtl::stream::{SkidBuffer, StreamSink, StreamSource, SynchronousFifo};
use rand::Rng;
use rust_hdl::prelude::*;

use crate::bench::{Receiver, Sender, random, settle};

type Ports<B, const W: usize> =
    (fn(&mut B) -> &mut Signal<In, Clock>, fn(&mut B) -> &mut StreamSink<W>, fn(&mut B) -> &mut StreamSource<W>);

/// Sends `count` random words through and returns cycles until the first and the last word left.
fn pass<B: Block, const W: usize>(
    circuit: &mut B,
    (clock, sink, source): Ports<B, W>,
    count: usize,
    (sending, receiving): (f64, f64),
    seed: u64,
) -> (usize, usize) {
    let mut random = random(seed);
    circuit.connect_all();
    let words: Vec<(u64, bool)> =
        (0..count).map(|_| (random.random::<u64>() & crate::bench::mask::<W>(), random.random())).collect();
    let mut sender = Sender::new(words.clone(), sending);
    let mut receiver = Receiver::new(receiving);
    let mut first = None;
    for cycle in 0..(20 * count + 100) {
        sender.drive(sink(circuit), &mut random);
        receiver.drive(source(circuit), &mut random);
        settle(circuit, clock, false);
        sender.observe(sink(circuit));
        if receiver.observe(source(circuit)) {
            first = first.or(Some(cycle));
        }
        if receiver.words.len() == count {
            assert!(receiver.words == words, "words changed, were lost or changed places");
            return (first.expect("words were received"), cycle);
        }
        settle(circuit, clock, true);
    }
    panic!("{} of {count} words arrived", receiver.words.len());
}

fn skid_ports<const W: usize>() -> Ports<SkidBuffer<W>, W> {
    (|b| &mut b.clock, |b| &mut b.sink, |b| &mut b.source)
}

fn fifo_ports<const W: usize, const A: usize>() -> Ports<SynchronousFifo<W, A>, W> {
    (|b| &mut b.clock, |b| &mut b.sink, |b| &mut b.source)
}

const EAGERNESS: [(f64, f64); 6] = [(1.0, 1.0), (1.0, 0.3), (0.3, 1.0), (0.5, 0.5), (0.9, 0.8), (0.1, 0.1)];

#[test]
fn skid_buffer_keeps_every_word_in_order() {
    for (seed, eagerness) in EAGERNESS.into_iter().enumerate() {
        pass(&mut SkidBuffer::<16>::default(), skid_ports(), 400, eagerness, seed as u64);
    }
    pass(&mut SkidBuffer::<1>::default(), skid_ports(), 100, (0.5, 0.5), 7);
    pass(&mut SkidBuffer::<64>::default(), skid_ports(), 100, (0.5, 0.5), 8);
}

#[test]
fn skid_buffer_passes_a_word_a_cycle() {
    let cycles = pass(&mut SkidBuffer::<16>::default(), skid_ports(), 200, (1.0, 1.0), 1);
    assert_eq!(cycles, (1, 200));
}

#[test]
fn fifo_keeps_every_word_in_order() {
    for (seed, eagerness) in EAGERNESS.into_iter().enumerate() {
        pass(&mut SynchronousFifo::<16, 2>::new(3), fifo_ports(), 400, eagerness, seed as u64);
        pass(&mut SynchronousFifo::<16, 4>::new(8), fifo_ports(), 400, eagerness, seed as u64);
    }
    pass(&mut SynchronousFifo::<64, 5>::new(8), fifo_ports(), 100, (0.8, 0.5), 8);
}

#[test]
fn fifo_passes_a_word_a_cycle_with_its_latency() {
    let cycles = pass(&mut SynchronousFifo::<16, 3>::new(8), fifo_ports(), 200, (1.0, 1.0), 1);
    assert_eq!(cycles, (4, 203));
}

#[test]
fn fifo_reports_its_level() {
    let mut fifo = SynchronousFifo::<8, 3>::new(6);
    fifo.connect_all();
    let mut random = random(3);
    let mut taken = 0;
    let mut almost_full_expected = false;
    for _ in 0..30 {
        fifo.sink.valid.next = true;
        fifo.sink.data.next = random.random::<u8>().to_bits();
        fifo.source.ready.next = false;
        settle(&mut fifo, |fifo| &mut fifo.clock, false);
        let level = u64::from(fifo.level.val());
        assert!(taken - level <= 5, "five words at most are in the output registers");
        assert_eq!(fifo.almost_full.val(), almost_full_expected);
        almost_full_expected = level >= 6;
        taken += u64::from(fifo.sink.ready.val());
        settle(&mut fifo, |fifo| &mut fifo.clock, true);
    }
    assert_eq!(taken, 13, "2^3 words and five in the output registers");
    assert_eq!(u64::from(fifo.level.val()), 8);
}

#[test]
#[should_panic(expected = "at most 8 words are stored")]
fn fifo_refuses_a_threshold_above_its_size() {
    SynchronousFifo::<8, 3>::new(9);
}
