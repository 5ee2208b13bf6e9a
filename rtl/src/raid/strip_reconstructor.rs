//! The strip of a lane: as the lane holds it, or made again from all the others.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::config::{GeometryError, check_data_lanes};
use crate::stream::{SkidBuffer, StreamSink, StreamSource};

/// Delivers the words of lane `lane`: taken from the lane itself, or, while `missing` is high, the XOR of the words of
/// all other lanes. It serves any one missing lane, data or parity.
///
/// All lanes that are needed give their word in the same cycle; lanes that are not needed are left alone.
///
/// - Latency: 3 cycles (words selected, words summed, output register).
/// - Throughput: 1 word per cycle.
/// - Back-pressure: lanes wait while the receiver does, and until every needed lane offers a word; a lane's `ready`
///   depends combinationally on the `valid` of all needed lanes.
/// - Limits: `W` 1..=1024; 3..=16 lanes. `lane` and `missing` may change only from the cycle after one with
///   `strip_taken`. Needed lanes must be at the same word of a strip; two missing lanes cannot be served.
#[derive(LogicBlock)]
pub struct StripReconstructor<const W: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Strip words of the lanes, by lane number; `last` marks the last word of a strip.
    pub lanes: Vec<StreamSink<W>>,
    /// Words may be taken.
    pub enabled: Signal<In, Bit>,
    /// The lane whose words are delivered.
    pub lane: Signal<In, Bits<4>>,
    /// The lane cannot deliver: its words are made from the others.
    pub missing: Signal<In, Bit>,
    /// The last word of a strip is taken from the lanes in this cycle.
    pub strip_taken: Signal<Out, Bit>,
    /// The words of the lane; `last` marks the last word of a strip.
    pub source: StreamSource<W>,

    /// The number of each lane.
    lane_number: Vec<Constant<Bits<4>>>,

    selected_word: Vec<DFF<Bits<W>>>,
    selected_valid: DFF<Bit>,
    selected_last: DFF<Bit>,
    sum: DFF<Bits<W>>,
    sum_valid: DFF<Bit>,
    sum_last: DFF<Bit>,
    output_stage: SkidBuffer<W>,

    is_needed: Vec<Signal<Local, Bit>>,
    all_offered: Signal<Local, Bit>,
    offered_last: Signal<Local, Bit>,
    sum_moves: Signal<Local, Bit>,
    selected_moves: Signal<Local, Bit>,
    takes: Signal<Local, Bit>,
    lane_sum: Signal<Local, Bits<W>>,
}

impl<const W: usize> StripReconstructor<W> {
    /// A reconstructor for `data_lanes` data lanes and one parity lane.
    ///
    /// # Errors
    /// If `data_lanes` is not 2..=15.
    pub fn new(data_lanes: usize) -> Result<Self, GeometryError> {
        check_data_lanes(data_lanes)?;
        let lanes = data_lanes + 1;
        Ok(Self {
            clock: Default::default(),
            lanes: vec![Default::default(); lanes],
            enabled: Default::default(),
            lane: Default::default(),
            missing: Default::default(),
            strip_taken: Default::default(),
            source: Default::default(),
            lane_number: (0..lanes).map(|lane| Constant::new(lane.to_bits())).collect(),
            selected_word: vec![Default::default(); lanes],
            selected_valid: Default::default(),
            selected_last: Default::default(),
            sum: Default::default(),
            sum_valid: Default::default(),
            sum_last: Default::default(),
            output_stage: Default::default(),
            is_needed: vec![Default::default(); lanes],
            all_offered: Default::default(),
            offered_last: Default::default(),
            sum_moves: Default::default(),
            selected_moves: Default::default(),
            takes: Default::default(),
            lane_sum: Default::default(),
        })
    }
}

impl<const W: usize> Logic for StripReconstructor<W> {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, output_stage);
        dff_setup!(self, clock, selected_valid, selected_last, sum, sum_valid, sum_last);
        StreamSource::<W>::link(&mut self.source, &mut self.output_stage.source);

        self.sum_moves.next = self.output_stage.sink.ready.val() | !self.sum_valid.q.val();
        self.selected_moves.next = self.sum_moves.val() | !self.selected_valid.q.val();

        self.all_offered.next = true;
        self.offered_last.next = false;
        for i in 0..self.lanes.len() {
            self.is_needed[i].next = (self.lane.val() == self.lane_number[i].val()) ^ self.missing.val();
            self.all_offered.next = self.all_offered.val() & (self.lanes[i].valid.val() | !self.is_needed[i].val());
            self.offered_last.next = self.offered_last.val() | (self.lanes[i].last.val() & self.is_needed[i].val());
        }
        self.takes.next = self.enabled.val() & self.all_offered.val() & self.selected_moves.val();
        self.strip_taken.next = self.takes.val() & self.offered_last.val();

        self.lane_sum.next = bits::<W>(0);
        for i in 0..self.lanes.len() {
            self.lanes[i].ready.next = self.takes.val() & self.is_needed[i].val();
            self.selected_word[i].clock.next = self.clock.val();
            self.selected_word[i].d.next = self.selected_word[i].q.val();
            if self.selected_moves.val() {
                self.selected_word[i].d.next = bits::<W>(0);
                if self.is_needed[i].val() {
                    self.selected_word[i].d.next = self.lanes[i].data.val();
                }
            }
            self.lane_sum.next = self.lane_sum.val() ^ self.selected_word[i].q.val();
        }
        if self.selected_moves.val() {
            self.selected_valid.d.next = self.takes.val();
            self.selected_last.d.next = self.offered_last.val();
        }
        if self.sum_moves.val() {
            self.sum_valid.d.next = self.selected_valid.q.val();
            self.sum_last.d.next = self.selected_last.q.val();
            self.sum.d.next = self.lane_sum.val();
        }
        self.output_stage.sink.valid.next = self.sum_valid.q.val();
        self.output_stage.sink.last.next = self.sum_last.q.val();
        self.output_stage.sink.data.next = self.sum.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[("lanes", self.lane_number.len() as u64)])
    }
}
