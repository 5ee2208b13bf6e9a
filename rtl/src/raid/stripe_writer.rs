//! From user data to strips on lanes, parity included.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::config::GeometryError;
use crate::raid::{LaneWritePort, LaneWriteSource, XorParityEngine};
use crate::stream::StreamSink;

/// Cuts user data into strips, makes parity, and sends every strip to its lane with the number of its stripe.
///
/// `last` on `sink` ends the data; the stripe is completed with zero words, and the next word opens the next stripe. A
/// strip bound for the failed lane is dropped as fast as it comes.
///
/// A parity strip that meets a data strip on its lane waits until that strip has passed, so that data never waits while
/// it flows. Where the input pauses between two stripes, parity goes first, and data for the same lane waits for it.
///
/// - Latency: 3 cycles from `sink` to the lane's port.
/// - Throughput: 1 data word per cycle, parity written beside it; no bubble between stripes while `sink` does not pause
///   and no lane holds back.
/// - Back-pressure: a lane that holds back stops the data when a word for it is due, and parity when a third stripe
///   would overtake it. `ready` and `valid` of every port come from registers.
/// - Limits: `W` 1..=1024; data lanes 2..=15; words a strip 8..=2^`A`, 16 or more for the full throughput, `A` 3..=15;
///   2^32 stripes. `failed` and `failed_lane` may change only between the end of the data and the next word.
#[derive(LogicBlock)]
pub struct StripeWriter<const W: usize, const A: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// User data; `last` marks its end.
    pub sink: StreamSink<W>,
    /// A lane has failed.
    pub failed: Signal<In, Bit>,
    /// Number of the failed lane; meaningful while `failed` is high.
    pub failed_lane: Signal<In, Bits<4>>,
    /// Write ports of the lanes, by lane number.
    pub lanes: Vec<LaneWriteSource<W>>,

    /// The number of each lane.
    lane_number: Vec<Constant<Bits<4>>>,
    /// Number of the highest lane.
    last_lane: Constant<Bits<4>>,
    /// Place of a stripe's last data strip.
    last_strip: Constant<Bits<4>>,

    engine: XorParityEngine<W, A>,
    ports: Vec<LaneWritePort<W>>,
    data_lane: DFF<Bits<4>>,
    data_stripe: DFF<Bits<32>>,
    /// A data strip has begun and not ended.
    data_in_strip: DFF<Bit>,
    /// Lane of the parity that leaves next.
    parity_lane: DFFWithInit<Bits<4>>,
    parity_stripe: DFF<Bits<32>>,
    /// A parity strip has begun and not ended.
    parity_in_strip: DFF<Bit>,

    same_lane: Signal<Local, Bit>,
    data_may_go: Signal<Local, Bit>,
    parity_may_go: Signal<Local, Bit>,
    data_lane_ready: Signal<Local, Bit>,
    parity_lane_ready: Signal<Local, Bit>,
    data_goes: Signal<Local, Bit>,
    parity_goes: Signal<Local, Bit>,
    is_failed: Vec<Signal<Local, Bit>>,
    takes_data: Vec<Signal<Local, Bit>>,
    takes_parity: Vec<Signal<Local, Bit>>,
}

impl<const W: usize, const A: usize> StripeWriter<W, A> {
    /// A writer for stripes of `data_lanes` data strips and one parity strip, each of `words_per_strip` words.
    ///
    /// # Errors
    /// If a parameter is out of the range the type's documentation states.
    pub fn new(data_lanes: usize, words_per_strip: usize) -> Result<Self, GeometryError> {
        let engine = XorParityEngine::new(data_lanes, words_per_strip)?;
        let lanes = data_lanes + 1;
        Ok(Self {
            clock: Default::default(),
            sink: Default::default(),
            failed: Default::default(),
            failed_lane: Default::default(),
            lanes: vec![Default::default(); lanes],
            lane_number: (0..lanes).map(|lane| Constant::new(lane.to_bits())).collect(),
            last_lane: Constant::new(data_lanes.to_bits()),
            last_strip: Constant::new((data_lanes - 1).to_bits()),
            engine,
            ports: (0..lanes).map(|_| Default::default()).collect(),
            data_lane: Default::default(),
            data_stripe: Default::default(),
            data_in_strip: Default::default(),
            parity_lane: DFFWithInit::new(data_lanes.to_bits()),
            parity_stripe: Default::default(),
            parity_in_strip: Default::default(),
            same_lane: Default::default(),
            data_may_go: Default::default(),
            parity_may_go: Default::default(),
            data_lane_ready: Default::default(),
            parity_lane_ready: Default::default(),
            data_goes: Default::default(),
            parity_goes: Default::default(),
            is_failed: vec![Default::default(); lanes],
            takes_data: vec![Default::default(); lanes],
            takes_parity: vec![Default::default(); lanes],
        })
    }
}

impl<const W: usize, const A: usize> Logic for StripeWriter<W, A> {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, engine);
        dff_setup!(self, clock, data_lane, data_stripe, data_in_strip, parity_lane, parity_stripe, parity_in_strip);
        StreamSink::<W>::link(&mut self.sink, &mut self.engine.sink);

        // Which lanes the two strips lie on, and whether these can take a word.
        self.data_lane_ready.next = false;
        self.parity_lane_ready.next = false;
        for i in 0..self.lanes.len() {
            self.ports[i].clock.next = self.clock.val();
            LaneWriteSource::<W>::link(&mut self.lanes[i], &mut self.ports[i].source);
            self.is_failed[i].next = self.failed.val() & (self.failed_lane.val() == self.lane_number[i].val());
            self.takes_data[i].next = self.data_lane.q.val() == self.lane_number[i].val();
            self.takes_parity[i].next = self.parity_lane.q.val() == self.lane_number[i].val();
            self.data_lane_ready.next = self.data_lane_ready.val()
                | (self.takes_data[i].val() & (self.ports[i].sink.ready.val() | self.is_failed[i].val()));
            self.parity_lane_ready.next = self.parity_lane_ready.val()
                | (self.takes_parity[i].val() & (self.ports[i].sink.ready.val() | self.is_failed[i].val()));
        }

        // A lane carries one strip at a time.
        self.same_lane.next = self.data_lane.q.val() == self.parity_lane.q.val();
        self.data_may_go.next = !(self.same_lane.val() & self.parity_in_strip.q.val());
        self.parity_may_go.next = !(self.same_lane.val()
            & !self.parity_in_strip.q.val()
            & (self.engine.data.valid.val() | self.data_in_strip.q.val()));
        self.engine.data.ready.next = self.data_may_go.val() & self.data_lane_ready.val();
        self.engine.parity.ready.next = self.parity_may_go.val() & self.parity_lane_ready.val();
        self.data_goes.next = self.engine.data.valid.val() & self.data_may_go.val() & self.data_lane_ready.val();
        self.parity_goes.next =
            self.engine.parity.valid.val() & self.parity_may_go.val() & self.parity_lane_ready.val();

        for i in 0..self.lanes.len() {
            self.ports[i].sink.valid.next = !self.is_failed[i].val()
                & ((self.takes_data[i].val() & self.data_goes.val())
                    | (self.takes_parity[i].val() & self.parity_goes.val()));
            self.ports[i].sink.stripe.next = self.data_stripe.q.val();
            self.ports[i].sink.data.next = self.engine.data.data.val();
            self.ports[i].sink.last.next = self.engine.data.last.val();
            if self.takes_parity[i].val() & self.parity_may_go.val() & self.engine.parity.valid.val() {
                self.ports[i].sink.stripe.next = self.parity_stripe.q.val();
                self.ports[i].sink.data.next = self.engine.parity.data.val();
                self.ports[i].sink.last.next = self.engine.parity.last.val();
            }
        }

        if self.data_goes.val() {
            self.data_in_strip.d.next = !self.engine.data.last.val();
            if self.engine.data.last.val() {
                self.data_lane.d.next = self.data_lane.q.val() + 1;
                if self.data_lane.q.val() == self.last_lane.val() {
                    self.data_lane.d.next = bits::<4>(0);
                }
                if self.engine.data_strip.val() == self.last_strip.val() {
                    self.data_stripe.d.next = self.data_stripe.q.val() + 1;
                }
            }
        }
        if self.parity_goes.val() {
            self.parity_in_strip.d.next = !self.engine.parity.last.val();
            if self.engine.parity.last.val() {
                self.parity_stripe.d.next = self.parity_stripe.q.val() + 1;
                self.parity_lane.d.next = self.parity_lane.q.val() - 1;
                if self.parity_lane.q.val() == 0 {
                    self.parity_lane.d.next = self.last_lane.val();
                }
            }
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[("data_lanes", self.last_lane.val().into())])
    }
}
