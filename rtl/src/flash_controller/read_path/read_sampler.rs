//! Which places are read, told of some of the reads.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::stream::{StreamSource, SynchronousFifo};

/// Names one of 64 reads, so that firmware knows how often each block is read: of every 64 reads in a row one, drawn at
/// random, so that no pattern of reads is overlooked.
///
/// - Latency: 2 cycles from a read to its sample.
/// - Throughput: 1 read per cycle.
/// - Back-pressure: none for reads; samples beyond 32 that wait may be lost.
/// - Limits: the numbers drawn repeat after 65,535 reads.
#[derive(LogicBlock)]
pub struct ReadSampler {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A page is read.
    pub read: Signal<In, Bit>,
    /// Its place, as the [`ReadDispatcher`](super::ReadDispatcher) gives it, in bits 25..=0, the lane in 29..=26; meaningful while
    /// `read` is high.
    pub place: Signal<In, Bits<30>>,
    /// Places of the reads drawn.
    pub samples: StreamSource<30>,

    queue: SynchronousFifo<30, 5>,
    /// Shift register with feedback of x^16 + x^14 + x^13 + x^11 + 1.
    random: DFFWithInit<Bits<16>>,
    /// Read of these 64.
    count: DFF<Bits<6>>,
    /// The one that is named.
    drawn: DFF<Bits<6>>,
    sampled: DFF<Bit>,
    sampled_place: DFF<Bits<30>>,

    feedback: Signal<Local, Bit>,
}

impl Default for ReadSampler {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            read: Default::default(),
            place: Default::default(),
            samples: Default::default(),
            queue: SynchronousFifo::new(16),
            random: DFFWithInit::new(0xACE1_u64.into()),
            count: Default::default(),
            drawn: Default::default(),
            sampled: Default::default(),
            sampled_place: Default::default(),
            feedback: Default::default(),
        }
    }
}

impl Logic for ReadSampler {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, queue);
        dff_setup!(self, clock, random, count, drawn, sampled, sampled_place);

        self.feedback.next = (self.random.q.val().get_bit(0) ^ self.random.q.val().get_bit(2))
            ^ (self.random.q.val().get_bit(3) ^ self.random.q.val().get_bit(5));
        self.sampled.d.next = self.read.val() & (self.count.q.val() == self.drawn.q.val());
        if self.read.val() {
            self.count.d.next = self.count.q.val() + 1;
            self.random.d.next = (self.random.q.val() >> 1).replace_bit(15, self.feedback.val());
            self.sampled_place.d.next = self.place.val();
            if self.count.q.val().all() {
                self.drawn.d.next = self.random.q.val().get_bits::<6>(0);
            }
        }
        self.queue.sink.valid.next = self.sampled.q.val();
        self.queue.sink.data.next = self.sampled_place.q.val();
        self.queue.sink.last.next = false;
        StreamSource::<30>::link(&mut self.samples, &mut self.queue.source);
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
