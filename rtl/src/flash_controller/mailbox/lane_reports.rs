//! What the lanes report, in one queue.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::stream::{StreamSource, SynchronousFifo};

/// Lanes of a controller.
const LANES: usize = 10;

/// Collects what happens on ten lanes: commands done, for firmware, and bits corrected, for the counters.
///
/// Of programs only failures are reported; of firmware's commands every end.
///
/// - Latency: up to 12 cycles from a lane's signal to the queue, 4 more to `events`.
/// - Throughput: a lane may report once in 12 cycles.
/// - Back-pressure: up to 261 events wait for firmware; one more is lost.
/// - Limits: 10 lanes. Corrected bits are counted modulo 2^32.
#[derive(LogicBlock)]
pub struct LaneReports {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A command is done, by lane.
    pub done: [Signal<In, Bit>; LANES],
    /// Its tag, by lane: 0xC0 and above for programs.
    pub done_tag: [Signal<In, Bits<8>>; LANES],
    /// It has failed, by lane.
    pub done_failed: [Signal<In, Bit>; LANES],
    /// A record has been decoded, by lane.
    pub corrected: [Signal<In, Bit>; LANES],
    /// Bits corrected in it, by lane.
    pub corrected_bits: [Signal<In, Bits<8>>; LANES],
    /// Events: tag in bits 7..=0, lane in 11..=8, failed in 12.
    pub events: StreamSource<13>,
    /// Bits corrected.
    pub bit_count: Signal<Out, Bits<32>>,
    /// Records in which bits were corrected.
    pub record_count: Signal<Out, Bits<32>>,

    last_lane: Constant<Bits<4>>,
    first_program_tag: Constant<Bits<8>>,
    lane_number: Vec<Constant<Bits<4>>>,
    lane_field: Vec<Constant<Bits<13>>>,

    lane: DFF<Bits<4>>,
    /// A lane has something to report.
    walks: DFF<Bit>,
    waits: [DFF<Bit>; LANES],
    waiting: [DFF<Bits<13>>; LANES],
    bits_wait: [DFF<Bit>; LANES],
    bits_waiting: [DFF<Bits<8>>; LANES],
    visited: DFF<Bit>,
    visited_event: DFF<Bits<13>>,
    visited_bits: DFF<Bits<8>>,
    bits_total: DFF<Bits<32>>,
    records_total: DFF<Bits<32>>,
    queue: SynchronousFifo<13, 8>,

    event_now: Signal<Local, Bits<13>>,
    waits_now: Signal<Local, Bit>,
    bits_now: Signal<Local, Bits<8>>,
    failure_bit: Signal<Local, Bits<13>>,
    tag_now: Signal<Local, Bits<8>>,
}

impl Default for LaneReports {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            done: Default::default(),
            done_tag: Default::default(),
            done_failed: Default::default(),
            corrected: Default::default(),
            corrected_bits: Default::default(),
            events: Default::default(),
            bit_count: Default::default(),
            record_count: Default::default(),
            last_lane: Constant::new((LANES - 1).to_bits()),
            first_program_tag: Constant::new(0xC0_u64.into()),
            lane_number: (0..LANES).map(|lane| Constant::new(lane.to_bits())).collect(),
            lane_field: (0..LANES).map(|lane| Constant::new(((lane as u64) << 8).into())).collect(),
            lane: Default::default(),
            waits: Default::default(),
            waiting: Default::default(),
            bits_wait: Default::default(),
            bits_waiting: Default::default(),
            walks: Default::default(),
            visited: Default::default(),
            visited_event: Default::default(),
            visited_bits: Default::default(),
            bits_total: Default::default(),
            records_total: Default::default(),
            queue: SynchronousFifo::new(128),
            event_now: Default::default(),
            waits_now: Default::default(),
            bits_now: Default::default(),
            failure_bit: Default::default(),
            tag_now: Default::default(),
        }
    }
}

impl Logic for LaneReports {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, queue);
        dff_setup!(self, clock, lane, walks, visited, visited_event, visited_bits, bits_total, records_total);
        if self.walks.q.val() {
            self.lane.d.next = self.lane.q.val() + 1;
            if self.lane.q.val() == self.last_lane.val() {
                self.lane.d.next = bits::<4>(0);
            }
        }
        self.walks.d.next = false;
        self.event_now.next = bits::<13>(0);
        self.waits_now.next = false;
        self.bits_now.next = bits::<8>(0);
        for i in 0..10 {
            self.waits[i].clock.next = self.clock.val();
            self.waiting[i].clock.next = self.clock.val();
            self.bits_wait[i].clock.next = self.clock.val();
            self.bits_waiting[i].clock.next = self.clock.val();
            self.waits[i].d.next = self.waits[i].q.val();
            self.waiting[i].d.next = self.waiting[i].q.val();
            self.bits_wait[i].d.next = self.bits_wait[i].q.val();
            self.bits_waiting[i].d.next = self.bits_waiting[i].q.val();
            if self.lane.q.val() == self.lane_number[i].val() {
                self.event_now.next = self.waiting[i].q.val();
                self.waits_now.next = self.waits[i].q.val();
                self.waits[i].d.next = false;
                self.bits_wait[i].d.next = false;
                if self.bits_wait[i].q.val() {
                    self.bits_now.next = self.bits_waiting[i].q.val();
                }
            }
            if self.waits[i].q.val() | self.bits_wait[i].q.val() {
                self.walks.d.next = true;
            }
            self.tag_now.next = self.done_tag[i].val();
            self.failure_bit.next = bits::<13>(0);
            if self.done_failed[i].val() {
                self.failure_bit.next = bits::<13>(0x1000);
            }
            if self.done[i].val()
                & (self.done_failed[i].val() | (self.done_tag[i].val() < self.first_program_tag.val()))
            {
                self.waits[i].d.next = true;
                self.waiting[i].d.next =
                    bit_cast::<13, 8>(self.tag_now.val()) | self.lane_field[i].val() | self.failure_bit.val();
            }
            if self.corrected[i].val() {
                self.bits_wait[i].d.next = true;
                self.bits_waiting[i].d.next = self.corrected_bits[i].val();
            }
        }
        self.visited.d.next = self.waits_now.val();
        self.visited_event.d.next = self.event_now.val();
        self.visited_bits.d.next = self.bits_now.val();
        self.queue.sink.valid.next = self.visited.q.val();
        self.queue.sink.data.next = self.visited_event.q.val();
        self.queue.sink.last.next = false;
        StreamSource::<13>::link(&mut self.events, &mut self.queue.source);
        self.bits_total.d.next = self.bits_total.q.val() + bit_cast::<32, 8>(self.visited_bits.q.val());
        if self.visited_bits.q.val().any() {
            self.records_total.d.next = self.records_total.q.val() + 1;
        }
        self.bit_count.next = self.bits_total.q.val();
        self.record_count.next = self.records_total.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
