//! From strips on lanes back to user data, with at most one lane failed.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::config::GeometryError;
use crate::raid::StripReconstructor;
use crate::stream::{SkidBuffer, StreamSink, StreamSource};

/// Reads strips back in logical order, from stripe 0, and makes those of the failed lane again from all other lanes.
///
/// A high `start` while `busy` is low begins a run of `strip_count` strips. Each strip is requested from its lane by the
/// number of its stripe; for a strip of the failed lane, the strips of that stripe are requested from all other lanes.
/// A healthy strip of a stripe with a missing one is thus read twice. Requests run ahead of the data as far as the lanes
/// take them.
///
/// Port protocol of a lane: it answers its requests in the order it took them, each with one strip of words on its data
/// stream, `last` on the last. To sustain the full rate it offers the first word of the next requested strip in the cycle
/// after the last word of one, and takes requests far enough ahead (two beyond the one it answers, and its latency in
/// strips).
///
/// - Latency: 3 cycles from a lane's data stream to `source`; 2 cycles from `start` to the first request.
/// - Throughput: 1 word per cycle, healthy or degraded, with lanes as described.
/// - Back-pressure: lanes wait while `source` does. `valid` and `data` of every output come from registers.
/// - Limits: `W` 1..=1024; data lanes 2..=15; one failed lane; 2^32 - 1 strips a run. `strip_count` is taken with
///   `start`; `failed` and `failed_lane` keep their values while `busy` is high.
#[derive(LogicBlock)]
pub struct StripeReader<const W: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Begins a run while `busy` is low.
    pub start: Signal<In, Bit>,
    /// Strips to read; with 0, nothing begins.
    pub strip_count: Signal<In, Bits<32>>,
    /// A run is under way: its last word has not left.
    pub busy: Signal<Out, Bit>,
    /// A lane has failed.
    pub failed: Signal<In, Bit>,
    /// Number of the failed lane; meaningful while `failed` is high.
    pub failed_lane: Signal<In, Bits<4>>,
    /// Read requests to the lanes, by lane number: the word is the stripe's number, `last` is low.
    pub requests: Vec<StreamSource<32>>,
    /// Strip words from the lanes, by lane number; `last` marks the last word of a strip.
    pub lanes: Vec<StreamSink<W>>,
    /// User data; `last` marks the last word of the run.
    pub source: StreamSource<W>,

    /// The number of each lane.
    lane_number: Vec<Constant<Bits<4>>>,
    /// Number of the highest lane.
    last_lane: Constant<Bits<4>>,
    /// Place of a stripe's last data strip.
    last_strip: Constant<Bits<4>>,

    request_ports: Vec<SkidBuffer<32>>,
    /// Strips not yet requested.
    strips_to_request: DFF<Bits<32>>,
    requesting: DFF<Bit>,
    request_lane: DFF<Bits<4>>,
    request_strip: DFF<Bits<4>>,
    request_stripe: DFF<Bits<32>>,
    /// Lanes that have taken the request for the current strip.
    is_requested: Vec<DFF<Bit>>,

    reconstructor: StripReconstructor<W>,
    /// Strips not yet taken from the lanes.
    strips_to_take: DFF<Bits<32>>,
    taking: DFF<Bit>,
    take_lane: DFF<Bits<4>>,
    /// Strips not yet delivered.
    strips_to_deliver: DFF<Bits<32>>,
    delivering: DFF<Bit>,
    delivers_last_strip: DFF<Bit>,

    request_missing: Signal<Local, Bit>,
    is_needed: Vec<Signal<Local, Bit>>,
    all_requested: Signal<Local, Bit>,
    strip_delivered: Signal<Local, Bit>,
    begins: Signal<Local, Bit>,
}

impl<const W: usize> StripeReader<W> {
    /// A reader for stripes of `data_lanes` data strips and one parity strip.
    ///
    /// # Errors
    /// If `data_lanes` is not 2..=15.
    pub fn new(data_lanes: usize) -> Result<Self, GeometryError> {
        let reconstructor = StripReconstructor::new(data_lanes)?;
        let lanes = data_lanes + 1;
        Ok(Self {
            clock: Default::default(),
            start: Default::default(),
            strip_count: Default::default(),
            busy: Default::default(),
            failed: Default::default(),
            failed_lane: Default::default(),
            requests: vec![Default::default(); lanes],
            lanes: vec![Default::default(); lanes],
            source: Default::default(),
            lane_number: (0..lanes).map(|lane| Constant::new(lane.to_bits())).collect(),
            last_lane: Constant::new(data_lanes.to_bits()),
            last_strip: Constant::new((data_lanes - 1).to_bits()),
            request_ports: (0..lanes).map(|_| Default::default()).collect(),
            strips_to_request: Default::default(),
            requesting: Default::default(),
            request_lane: Default::default(),
            request_strip: Default::default(),
            request_stripe: Default::default(),
            is_requested: vec![Default::default(); lanes],
            reconstructor,
            strips_to_take: Default::default(),
            taking: Default::default(),
            take_lane: Default::default(),
            strips_to_deliver: Default::default(),
            delivering: Default::default(),
            delivers_last_strip: Default::default(),
            request_missing: Default::default(),
            is_needed: vec![Default::default(); lanes],
            all_requested: Default::default(),
            strip_delivered: Default::default(),
            begins: Default::default(),
        })
    }
}

impl<const W: usize> Logic for StripeReader<W> {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, reconstructor);
        dff_setup!(self, clock, strips_to_request, requesting, request_lane, request_strip, request_stripe);
        dff_setup!(self, clock, strips_to_take, taking, take_lane);
        dff_setup!(self, clock, strips_to_deliver, delivering, delivers_last_strip);

        // Request the current strip: from its lane, or from all others.
        self.request_missing.next = self.failed.val() & (self.failed_lane.val() == self.request_lane.q.val());
        self.all_requested.next = true;
        for i in 0..self.lanes.len() {
            self.is_needed[i].next =
                (self.request_lane.q.val() == self.lane_number[i].val()) ^ self.request_missing.val();
            self.all_requested.next = self.all_requested.val()
                & (!self.is_needed[i].val() | self.is_requested[i].q.val() | self.request_ports[i].sink.ready.val());
        }
        for i in 0..self.lanes.len() {
            self.request_ports[i].clock.next = self.clock.val();
            self.request_ports[i].sink.valid.next =
                self.requesting.q.val() & self.is_needed[i].val() & !self.is_requested[i].q.val();
            self.request_ports[i].sink.data.next = self.request_stripe.q.val();
            self.request_ports[i].sink.last.next = false;
            StreamSource::<32>::link(&mut self.requests[i], &mut self.request_ports[i].source);
            self.is_requested[i].clock.next = self.clock.val();
            self.is_requested[i].d.next = !self.all_requested.val()
                & (self.is_requested[i].q.val()
                    | (self.requesting.q.val() & self.is_needed[i].val() & self.request_ports[i].sink.ready.val()));
        }
        if self.requesting.q.val() & self.all_requested.val() {
            self.strips_to_request.d.next = self.strips_to_request.q.val() - 1;
            self.requesting.d.next = self.strips_to_request.q.val() != 1;
            self.request_lane.d.next = self.request_lane.q.val() + 1;
            if self.request_lane.q.val() == self.last_lane.val() {
                self.request_lane.d.next = bits::<4>(0);
            }
            self.request_strip.d.next = self.request_strip.q.val() + 1;
            if self.request_strip.q.val() == self.last_strip.val() {
                self.request_strip.d.next = bits::<4>(0);
                self.request_stripe.d.next = self.request_stripe.q.val() + 1;
            }
        }

        // Take the strips in the same order.
        self.reconstructor.enabled.next = self.taking.q.val();
        self.reconstructor.lane.next = self.take_lane.q.val();
        self.reconstructor.missing.next = self.failed.val() & (self.failed_lane.val() == self.take_lane.q.val());
        for i in 0..self.lanes.len() {
            StreamSink::<W>::link(&mut self.lanes[i], &mut self.reconstructor.lanes[i]);
        }
        if self.reconstructor.strip_taken.val() {
            self.strips_to_take.d.next = self.strips_to_take.q.val() - 1;
            self.taking.d.next = self.strips_to_take.q.val() != 1;
            self.take_lane.d.next = self.take_lane.q.val() + 1;
            if self.take_lane.q.val() == self.last_lane.val() {
                self.take_lane.d.next = bits::<4>(0);
            }
        }

        // Deliver them, with one end mark for the whole run.
        self.source.valid.next = self.reconstructor.source.valid.val();
        self.source.data.next = self.reconstructor.source.data.val();
        self.source.last.next = self.reconstructor.source.last.val() & self.delivers_last_strip.q.val();
        self.reconstructor.source.ready.next = self.source.ready.val();
        self.strip_delivered.next =
            self.reconstructor.source.valid.val() & self.reconstructor.source.last.val() & self.source.ready.val();
        if self.strip_delivered.val() {
            self.strips_to_deliver.d.next = self.strips_to_deliver.q.val() - 1;
            self.delivering.d.next = !self.delivers_last_strip.q.val();
            self.delivers_last_strip.d.next = self.strips_to_deliver.q.val() == 2;
        }
        self.busy.next = self.delivering.q.val();

        self.begins.next = self.start.val() & !self.delivering.q.val() & self.strip_count.val().any();
        if self.begins.val() {
            self.strips_to_request.d.next = self.strip_count.val();
            self.requesting.d.next = true;
            self.request_lane.d.next = bits::<4>(0);
            self.request_strip.d.next = bits::<4>(0);
            self.request_stripe.d.next = bits::<32>(0);
            self.strips_to_take.d.next = self.strip_count.val();
            self.taking.d.next = true;
            self.take_lane.d.next = bits::<4>(0);
            self.strips_to_deliver.d.next = self.strip_count.val();
            self.delivering.d.next = true;
            self.delivers_last_strip.d.next = self.strip_count.val() == 1;
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[("data_lanes", self.last_lane.val().into())])
    }
}
