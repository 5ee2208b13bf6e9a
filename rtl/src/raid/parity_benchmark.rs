//! The write path with its stimulus inside, to compare simulators.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::config::GeometryError;
use crate::raid::StripeWriter;

/// A stripe writer fed by a generator and drained into a checksum, with nothing but a clock going in: what a simulator
/// does per cycle is then the circuit alone and no testbench. For comparing simulators, not for use in a device.
///
/// The generator is a shift-register sequence of `W` bits that never pauses; the lanes never hold back. The checksum
/// takes in the words of all lanes in every cycle.
///
/// - Latency: 6 cycles from a generated word to the checksum.
/// - Throughput: 1 data word per cycle and its share of parity.
/// - Back-pressure: none.
/// - Limits: those of [`StripeWriter`]; `W` 32 or more, for the shifts of the generator.
#[derive(LogicBlock)]
pub struct ParityBenchmark<const W: usize, const A: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Checksum of everything that has left for the lanes.
    pub checksum: Signal<Out, Bits<W>>,

    writer: StripeWriter<W, A>,
    generator: DFFWithInit<Bits<W>>,
    lane_words: DFF<Bits<W>>,
    sum: DFF<Bits<W>>,

    shifted_left: Signal<Local, Bits<W>>,
    shifted_right: Signal<Local, Bits<W>>,
    lane_sum: Signal<Local, Bits<W>>,
}

impl<const W: usize, const A: usize> ParityBenchmark<W, A> {
    /// A benchmark with stripes of `data_lanes` data strips and one parity strip, each of `words_per_strip` words.
    ///
    /// # Errors
    /// If a parameter is out of the range that [`StripeWriter`] states.
    pub fn new(data_lanes: usize, words_per_strip: usize) -> Result<Self, GeometryError> {
        Ok(Self {
            clock: Default::default(),
            checksum: Default::default(),
            writer: StripeWriter::new(data_lanes, words_per_strip)?,
            generator: DFFWithInit::new(bits(0x2545_F491)),
            lane_words: Default::default(),
            sum: Default::default(),
            shifted_left: Default::default(),
            shifted_right: Default::default(),
            lane_sum: Default::default(),
        })
    }
}

impl<const W: usize, const A: usize> Logic for ParityBenchmark<W, A> {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, writer);
        dff_setup!(self, clock, generator, lane_words, sum);

        // Shifts by 13, 7 and 17: with 64 bits, a sequence of the full length.
        self.shifted_left.next = self.generator.q.val() ^ (self.generator.q.val() << 13);
        self.shifted_right.next = self.shifted_left.val() ^ (self.shifted_left.val() >> 7);
        self.writer.sink.valid.next = true;
        self.writer.sink.data.next = self.generator.q.val();
        self.writer.sink.last.next = false;
        self.writer.failed.next = false;
        self.writer.failed_lane.next = bits::<4>(0);
        if self.writer.sink.ready.val() {
            self.generator.d.next = self.shifted_right.val() ^ (self.shifted_right.val() << 17);
        }

        self.lane_sum.next = bits::<W>(0);
        for i in 0..self.writer.lanes.len() {
            self.writer.lanes[i].ready.next = true;
            if self.writer.lanes[i].valid.val() {
                self.lane_sum.next = self.lane_sum.val() ^ self.writer.lanes[i].data.val();
            }
        }
        self.lane_words.d.next = self.lane_sum.val();
        self.sum.d.next = (self.sum.q.val() ^ (self.sum.q.val() << 1)) ^ self.lane_words.q.val();
        self.checksum.next = self.sum.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[("lanes", self.writer.lanes.len() as u64)])
    }
}
