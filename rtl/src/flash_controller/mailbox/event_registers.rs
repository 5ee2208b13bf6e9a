//! Registers by which firmware takes what the hardware has to tell.

use rust_hdl::prelude::*;

use super::controller_registers::CONTROLLER_REGISTERS;
use super::register::MailboxRegister;
use crate::circuit::circuit_info;
use crate::stream::StreamSink;

/// The registers of [`CONTROLLER_REGISTERS`] from `events` on that show what waits in the queues of events. Reading the first register
/// of an event takes it; what else belongs to it is kept until the next one of its kind is taken.
///
/// - Latency: registers are read in their cycle; `attention` follows an event by 1 cycle.
/// - Throughput: an event per cycle.
/// - Back-pressure: events wait until firmware reads them.
/// - Limits: one access at a time.
#[derive(LogicBlock)]
pub struct EventRegisters {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A register is read; what it shows is taken.
    pub read: Signal<In, Bit>,
    /// Offset of the register.
    pub address: Signal<In, Bits<12>>,
    /// What it shows; zero for an offset that is none of these.
    pub data_out: Signal<Out, Bits<32>>,
    /// An event waits.
    pub attention: Signal<Out, Bit>,
    /// Events of lanes, as [`LaneReports`](super::LaneReports) gives them.
    pub lane_events: StreamSink<13>,
    /// Bytes of firmware's reads, as [`BytePacker`](super::BytePacker) gives them.
    pub lane_words: StreamSink<35>,
    /// Outcomes: location in bits 31..=0, outcome in 33..=32.
    pub move_events: StreamSink<34>,
    /// Reconstructed and lost pages: tag in bits 7..=0, place in 33..=8, lane in 37..=34, lost in 38.
    pub read_events: StreamSink<39>,
    /// Places of reads, as [`ReadSampler`](crate::flash_controller::read_path::ReadSampler) gives them.
    pub read_samples: StreamSink<30>,

    offset_of_events: Constant<Bits<12>>,
    offset_of_lane_event: Constant<Bits<12>>,
    offset_of_lane_word: Constant<Bits<12>>,
    offset_of_lane_word_bytes: Constant<Bits<12>>,
    offset_of_move_event: Constant<Bits<12>>,
    offset_of_move_event_location: Constant<Bits<12>>,
    offset_of_read_event: Constant<Bits<12>>,
    offset_of_read_event_place: Constant<Bits<12>>,
    offset_of_read_sample: Constant<Bits<12>>,
    valid_bit: Constant<Bits<32>>,

    event_location: DFF<Bits<32>>,
    event_place: DFF<Bits<32>>,
    interrupts: DFF<Bit>,

    waiting: Signal<Local, Bits<32>>,
    lane_event: Signal<Local, Bits<32>>,
    lane_word: Signal<Local, Bits<32>>,
    lane_word_bytes: Signal<Local, Bits<32>>,
    move_event: Signal<Local, Bits<32>>,
    read_event: Signal<Local, Bits<32>>,
    read_sample: Signal<Local, Bits<32>>,
}

impl Default for EventRegisters {
    fn default() -> Self {
        let offset = |name| Constant::new(u64::from(MailboxRegister::find(CONTROLLER_REGISTERS, name).offset).into());
        Self {
            clock: Default::default(),
            read: Default::default(),
            address: Default::default(),
            data_out: Default::default(),
            attention: Default::default(),
            lane_events: Default::default(),
            lane_words: Default::default(),
            move_events: Default::default(),
            read_events: Default::default(),
            read_samples: Default::default(),
            offset_of_events: offset("events"),
            offset_of_lane_event: offset("lane_event"),
            offset_of_lane_word: offset("lane_word"),
            offset_of_lane_word_bytes: offset("lane_word_bytes"),
            offset_of_move_event: offset("move_event"),
            offset_of_move_event_location: offset("move_event_location"),
            offset_of_read_event: offset("read_event"),
            offset_of_read_event_place: offset("read_event_place"),
            offset_of_read_sample: offset("read_sample"),
            valid_bit: Constant::new((1_u64 << 31).into()),
            event_location: Default::default(),
            event_place: Default::default(),
            interrupts: Default::default(),
            waiting: Default::default(),
            lane_event: Default::default(),
            lane_word: Default::default(),
            lane_word_bytes: Default::default(),
            move_event: Default::default(),
            read_event: Default::default(),
            read_sample: Default::default(),
        }
    }
}

impl Logic for EventRegisters {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, event_location, event_place, interrupts);

        // What waits.
        self.waiting.next = bits::<32>(0);
        self.lane_event.next = bits::<32>(0);
        self.lane_word.next = bits::<32>(0);
        self.lane_word_bytes.next = bits::<32>(0);
        self.move_event.next = bits::<32>(0);
        self.read_event.next = bits::<32>(0);
        self.read_sample.next = bits::<32>(0);
        if self.lane_events.valid.val() {
            self.waiting.next = bits::<32>(1);
            self.lane_event.next = bit_cast::<32, 12>(self.lane_events.data.val().get_bits::<12>(0))
                | (bit_cast::<32, 1>(self.lane_events.data.val().get_bits::<1>(12)) << 30)
                | self.valid_bit.val();
        }
        if self.lane_words.valid.val() {
            self.waiting.next = self.waiting.val() | bits::<32>(2);
            self.lane_word.next = self.lane_words.data.val().get_bits::<32>(0);
            self.lane_word_bytes.next = bit_cast::<32, 3>(self.lane_words.data.val().get_bits::<3>(32));
            if self.lane_words.last.val() {
                self.lane_word_bytes.next =
                    bit_cast::<32, 3>(self.lane_words.data.val().get_bits::<3>(32)) | bits::<32>(8);
            }
        }
        if self.move_events.valid.val() {
            self.waiting.next = self.waiting.val() | bits::<32>(4);
            self.move_event.next =
                bit_cast::<32, 2>(self.move_events.data.val().get_bits::<2>(32)) | self.valid_bit.val();
        }
        if self.read_events.valid.val() {
            self.waiting.next = self.waiting.val() | bits::<32>(8);
            self.read_event.next = bit_cast::<32, 8>(self.read_events.data.val().get_bits::<8>(0))
                | (bit_cast::<32, 1>(self.read_events.data.val().get_bits::<1>(38)) << 8)
                | self.valid_bit.val();
        }
        if self.read_samples.valid.val() {
            self.waiting.next = self.waiting.val() | bits::<32>(16);
            self.read_sample.next = bit_cast::<32, 30>(self.read_samples.data.val()) | self.valid_bit.val();
        }
        self.interrupts.d.next = self.waiting.val().any();
        self.attention.next = self.interrupts.q.val();

        // The register.
        self.lane_events.ready.next = false;
        self.lane_words.ready.next = false;
        self.move_events.ready.next = false;
        self.read_events.ready.next = false;
        self.read_samples.ready.next = false;
        self.data_out.next = bits::<32>(0);
        if self.address.val() == self.offset_of_events.val() {
            self.data_out.next = self.waiting.val();
        }
        if self.address.val() == self.offset_of_lane_event.val() {
            self.data_out.next = self.lane_event.val();
            self.lane_events.ready.next = self.read.val();
        }
        if self.address.val() == self.offset_of_lane_word.val() {
            self.data_out.next = self.lane_word.val();
            self.lane_words.ready.next = self.read.val();
        }
        if self.address.val() == self.offset_of_lane_word_bytes.val() {
            self.data_out.next = self.lane_word_bytes.val();
        }
        if self.address.val() == self.offset_of_move_event.val() {
            self.data_out.next = self.move_event.val();
            self.move_events.ready.next = self.read.val();
            if self.read.val() {
                self.event_location.d.next = self.move_events.data.val().get_bits::<32>(0);
            }
        }
        if self.address.val() == self.offset_of_move_event_location.val() {
            self.data_out.next = self.event_location.q.val();
        }
        if self.address.val() == self.offset_of_read_event.val() {
            self.data_out.next = self.read_event.val();
            self.read_events.ready.next = self.read.val();
            if self.read.val() {
                self.event_place.d.next = bit_cast::<32, 30>(self.read_events.data.val().get_bits::<30>(8));
            }
        }
        if self.address.val() == self.offset_of_read_event_place.val() {
            self.data_out.next = self.event_place.q.val();
        }
        if self.address.val() == self.offset_of_read_sample.val() {
            self.data_out.next = self.read_sample.val();
            self.read_samples.ready.next = self.read.val();
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
