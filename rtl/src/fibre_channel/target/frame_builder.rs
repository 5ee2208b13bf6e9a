//! Frames of a target.

use rust_hdl::prelude::*;

use super::{JobKind, JobSink, LoginLookupSource};
use crate::circuit::circuit_info;
use crate::stream::{FetchSlots, StreamSource, SynchronousFifo};

/// What the builder is at.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum BuilderState {
    /// It waits for a job.
    Idle,
    /// The host's login is looked up.
    LookUp,
    /// And is there.
    Choose,
    /// The words of a frame are fetched.
    Words,
    /// They leave.
    Leave,
}

/// Makes frames of what is to be sent: data, split into frames as long as the host takes, XFER_RDY and RSP.
///
/// Up to 32 jobs wait in order. The slots whose data has left wait for `job.sent_ready`; there is room for all 32.
///
/// - Latency: 10 cycles from a job to its first word.
/// - Throughput: a word a cycle within a frame; 5 cycles from the last word of a frame to the next frame's first, 7 if
///   another job begins. A line has 9 words there.
/// - Back-pressure: words wait for `frame.ready`, and `job.ready` falls when the queue is full.
/// - Limits: jobs of data of 1..=1,024 words that do not go beyond the slot.
#[derive(LogicBlock)]
pub struct FrameBuilder {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// What is to be sent.
    pub job: JobSink,

    /// The port's own address.
    pub own_address: Signal<In, Bits<24>>,
    /// What is asked of the logins.
    pub lookup: LoginLookupSource,

    /// Where a word of data lies: slot in bits 14..=10, place in bits 9..=0.
    pub read_address: Signal<Out, Bits<15>>,
    /// The word, a cycle later, first byte in bits 7..=0.
    pub read_word: Signal<In, Bits<32>>,

    /// The frames, header and payload; `last` marks a frame's last word.
    pub frame: StreamSource<32>,
    /// The frame is the first of its sequence; meaningful with its words.
    pub is_first_of_sequence: Signal<Out, Bit>,
    /// The frame is the last of its sequence; meaningful with its words.
    pub is_last_of_sequence: Signal<Out, Bit>,

    data_r_ctl: Constant<Bits<32>>,
    ready_r_ctl: Constant<Bits<32>>,
    response_r_ctl: Constant<Bits<32>>,
    /// TYPE and F_CTL.
    data_control: Constant<Bits<32>>,
    last_data_control: Constant<Bits<32>>,
    ready_control: Constant<Bits<32>>,
    response_control: Constant<Bits<32>>,

    jobs: SynchronousFifo<112, 5>,
    sent: SynchronousFifo<21, 5>,
    slots: FetchSlots<32>,
    state: DFF<BuilderState>,
    is_data: DFF<Bit>,
    is_response: DFF<Bit>,
    login: DFF<Bits<4>>,
    originator: DFF<Bits<16>>,
    responder: DFF<Bits<7>>,
    sequence: DFF<Bits<1>>,
    count: DFF<Bits<16>>,
    offset: DFF<Bits<23>>,
    /// Words of the job that no frame was made for.
    left: DFF<Bits<23>>,
    residual: DFF<Bits<32>>,
    under: DFF<Bit>,
    over: DFF<Bit>,
    slot: DFF<Bits<5>>,
    address: DFF<Bits<10>>,
    is_last: DFF<Bit>,
    destination: DFF<Bits<24>>,
    limit: DFF<Bits<10>>,
    /// Words of the frame's payload.
    payload: DFF<Bits<10>>,
    ends_job: DFF<Bit>,
    ends_sequence: DFF<Bit>,
    first: DFF<Bit>,
    place: DFF<Bits<10>>,
    fetched: DFF<Bit>,
    fetched_last: DFF<Bit>,
    fetched_data: DFF<Bit>,
    word: DFF<Bits<32>>,
    leaving: DFF<Bit>,

    packed: Signal<Local, Bits<112>>,
    detail: Signal<Local, Bits<46>>,
    fetches: Signal<Local, Bit>,
    is_header: Signal<Local, Bit>,
    control: Signal<Local, Bits<32>>,
    field: Signal<Local, Bits<32>>,
    flags: Signal<Local, Bits<32>>,
}

impl Default for FrameBuilder {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            job: Default::default(),
            lookup: Default::default(),
            own_address: Default::default(),
            read_address: Default::default(),
            read_word: Default::default(),
            frame: Default::default(),
            is_first_of_sequence: Default::default(),
            is_last_of_sequence: Default::default(),
            data_r_ctl: Constant::new(0x0100_0000_u64.into()),
            ready_r_ctl: Constant::new(0x0500_0000_u64.into()),
            response_r_ctl: Constant::new(0x0700_0000_u64.into()),
            data_control: Constant::new(0x0880_0008_u64.into()),
            last_data_control: Constant::new(0x0888_0008_u64.into()),
            ready_control: Constant::new(0x0889_0000_u64.into()),
            response_control: Constant::new(0x0898_0000_u64.into()),
            jobs: SynchronousFifo::new(32),
            sent: SynchronousFifo::new(32),
            slots: Default::default(),
            state: Default::default(),
            is_data: Default::default(),
            is_response: Default::default(),
            login: Default::default(),
            originator: Default::default(),
            responder: Default::default(),
            sequence: Default::default(),
            count: Default::default(),
            offset: Default::default(),
            left: Default::default(),
            residual: Default::default(),
            under: Default::default(),
            over: Default::default(),
            slot: Default::default(),
            address: Default::default(),
            is_last: Default::default(),
            destination: Default::default(),
            limit: Default::default(),
            payload: Default::default(),
            ends_job: Default::default(),
            ends_sequence: Default::default(),
            first: Default::default(),
            place: Default::default(),
            fetched: Default::default(),
            fetched_last: Default::default(),
            fetched_data: Default::default(),
            word: Default::default(),
            leaving: Default::default(),
            packed: Default::default(),
            detail: Default::default(),
            fetches: Default::default(),
            is_header: Default::default(),
            control: Default::default(),
            field: Default::default(),
            flags: Default::default(),
        }
    }
}

impl Logic for FrameBuilder {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, jobs, sent, slots);
        dff_setup!(
            self,
            clock,
            state,
            is_data,
            is_response,
            login,
            originator,
            responder,
            sequence,
            count,
            offset,
            left
        );
        dff_setup!(self, clock, residual, under, over, slot, address, is_last, destination, limit, payload, ends_job);
        dff_setup!(self, clock, ends_sequence, first, place, fetched, fetched_last, fetched_data, word, leaving);

        // Jobs wait, those with a response having its residual where others have offset and length.
        self.detail.next = (bit_cast::<46, 23>(self.job.words.val()) << 23) | bit_cast::<46, 23>(self.job.offset.val());
        if self.job.kind.val() == JobKind::Response {
            self.detail.next = bit_cast::<46, 32>(self.job.residual.val());
        }
        self.packed.next = bit_cast::<112, 46>(self.detail.val())
            | (bit_cast::<112, 16>(self.job.originator.val()) << 46)
            | (bit_cast::<112, 16>(self.job.count.val()) << 62)
            | (bit_cast::<112, 7>(self.job.responder.val()) << 78)
            | (bit_cast::<112, 4>(self.job.login.val()) << 85)
            | (bit_cast::<112, 5>(self.job.slot.val()) << 89)
            | (bit_cast::<112, 10>(self.job.address.val()) << 94)
            | (bit_cast::<112, 1>(self.job.sequence.val()) << 104);
        self.packed.next = self.packed.val().replace_bit(105, self.job.is_last.val());
        self.packed.next = self.packed.val().replace_bit(106, self.job.is_under.val());
        self.packed.next = self.packed.val().replace_bit(107, self.job.is_over.val());
        self.packed.next = self.packed.val().replace_bit(108, self.job.kind.val() == JobKind::Data);
        self.packed.next = self.packed.val().replace_bit(109, self.job.kind.val() == JobKind::Response);
        self.jobs.sink.valid.next = self.job.valid.val();
        self.jobs.sink.data.next = self.packed.val();
        self.jobs.sink.last.next = false;
        self.job.ready.next = self.jobs.sink.ready.val();

        self.lookup.number.next = self.login.q.val();
        self.jobs.source.ready.next = self.state.q.val() == BuilderState::Idle;
        self.fetches.next = (self.state.q.val() == BuilderState::Words) & self.slots.may_fetch.val();
        self.is_header.next = self.place.q.val() < 6;
        self.sent.sink.valid.next = false;
        self.sent.sink.last.next = false;
        self.sent.sink.data.next = (bit_cast::<21, 16>(self.count.q.val()) << 5) | bit_cast::<21, 5>(self.slot.q.val());
        match self.state.q.val() {
            BuilderState::Idle => {
                self.offset.d.next = self.jobs.source.data.val().get_bits::<23>(0);
                self.left.d.next = self.jobs.source.data.val().get_bits::<23>(23);
                self.residual.d.next = self.jobs.source.data.val().get_bits::<32>(0);
                self.originator.d.next = self.jobs.source.data.val().get_bits::<16>(46);
                self.count.d.next = self.jobs.source.data.val().get_bits::<16>(62);
                self.responder.d.next = self.jobs.source.data.val().get_bits::<7>(78);
                self.login.d.next = self.jobs.source.data.val().get_bits::<4>(85);
                self.slot.d.next = self.jobs.source.data.val().get_bits::<5>(89);
                self.address.d.next = self.jobs.source.data.val().get_bits::<10>(94);
                self.sequence.d.next = self.jobs.source.data.val().get_bits::<1>(104);
                self.is_last.d.next = self.jobs.source.data.val().get_bit(105);
                self.under.d.next = self.jobs.source.data.val().get_bit(106);
                self.over.d.next = self.jobs.source.data.val().get_bit(107);
                self.is_data.d.next = self.jobs.source.data.val().get_bit(108);
                self.is_response.d.next = self.jobs.source.data.val().get_bit(109);
                if self.jobs.source.valid.val() {
                    self.state.d.next = BuilderState::LookUp;
                }
            }
            BuilderState::LookUp => {
                self.state.d.next = BuilderState::Choose;
            }
            BuilderState::Choose => {
                // Of data as much as a frame may have; of the others all.
                self.destination.d.next = self.lookup.address.val();
                self.limit.d.next = self.lookup.payload.val();
                self.place.d.next = bits::<10>(0);
                self.payload.d.next = self.left.q.val().get_bits::<10>(0);
                self.first.d.next = !self.count.q.val().any();
                self.ends_job.d.next = true;
                self.ends_sequence.d.next = self.is_last.q.val();
                if self.left.q.val() > bit_cast::<23, 10>(self.lookup.payload.val()) {
                    self.payload.d.next = self.lookup.payload.val();
                    self.ends_job.d.next = false;
                    self.ends_sequence.d.next = false;
                }
                if !self.is_data.q.val() {
                    self.payload.d.next = bits::<10>(3);
                    if self.is_response.q.val() {
                        self.payload.d.next = bits::<10>(6);
                    }
                    self.ends_job.d.next = true;
                    self.ends_sequence.d.next = true;
                    self.first.d.next = true;
                }
                self.leaving.d.next = false;
                self.state.d.next = BuilderState::Words;
            }
            BuilderState::Words => {
                if self.fetches.val() {
                    self.place.d.next = self.place.q.val() + 1;
                    if !self.is_header.val() {
                        self.address.d.next = self.address.q.val() + 1;
                    }
                    if self.place.q.val() == (self.payload.q.val() + 5) {
                        self.state.d.next = BuilderState::Leave;
                    }
                }
            }
            BuilderState::Leave => {
                if self.slots.source.valid.val() & self.slots.source.last.val() & self.frame.ready.val() {
                    self.count.d.next = self.count.q.val() + 1;
                    self.offset.d.next = self.offset.q.val() + bit_cast::<23, 10>(self.payload.q.val());
                    self.left.d.next = self.left.q.val() - bit_cast::<23, 10>(self.payload.q.val());
                    self.state.d.next = BuilderState::Choose;
                    if self.ends_job.q.val() {
                        self.leaving.d.next = self.is_data.q.val();
                        self.state.d.next = BuilderState::Idle;
                    }
                }
            }
            _ => {
                self.state.d.next = BuilderState::Idle;
            }
        }
        // The slot's number stands until the next job, which is after this.
        if self.leaving.q.val() {
            self.sent.sink.valid.next = true;
            self.leaving.d.next = false;
        }

        // A word of the header or of a payload that is not data, its first byte in bits 31..=24.
        self.control.next = self.ready_control.val();
        self.field.next = bit_cast::<32, 24>(self.destination.q.val()) | self.ready_r_ctl.val();
        if self.is_data.q.val() {
            self.control.next = self.data_control.val();
            if self.ends_sequence.q.val() {
                self.control.next = self.last_data_control.val();
            }
            self.field.next = bit_cast::<32, 24>(self.destination.q.val()) | self.data_r_ctl.val();
        }
        if self.is_response.q.val() {
            self.control.next = self.response_control.val();
            self.field.next = bit_cast::<32, 24>(self.destination.q.val()) | self.response_r_ctl.val();
        }
        self.flags.next = bits::<32>(0);
        self.flags.next = self.flags.val().replace_bit(11, self.under.q.val());
        self.flags.next = self.flags.val().replace_bit(10, self.over.q.val());
        if self.place.q.val() == 1 {
            self.field.next = bit_cast::<32, 24>(self.own_address.val());
        }
        if self.place.q.val() == 2 {
            self.field.next = self.control.val();
        }
        if self.place.q.val() == 3 {
            self.field.next = (bit_cast::<32, 7>(self.responder.q.val()) << 25)
                | (bit_cast::<32, 1>(self.sequence.q.val()) << 24)
                | bit_cast::<32, 16>(self.count.q.val());
        }
        if self.place.q.val() == 4 {
            self.field.next =
                (bit_cast::<32, 16>(self.originator.q.val()) << 16) | bit_cast::<32, 7>(self.responder.q.val());
        }
        if self.place.q.val() == 5 {
            self.field.next = bits::<32>(0);
            if self.is_data.q.val() {
                self.field.next = bit_cast::<32, 23>(self.offset.q.val()) << 2;
            }
        }
        if self.place.q.val() == 6 {
            self.field.next = bit_cast::<32, 23>(self.offset.q.val()) << 2;
            if self.is_response.q.val() {
                self.field.next = bits::<32>(0);
            }
        }
        if self.place.q.val() == 7 {
            self.field.next = bit_cast::<32, 23>(self.left.q.val()) << 2;
            if self.is_response.q.val() {
                self.field.next = bits::<32>(0);
            }
        }
        if self.place.q.val() == 8 {
            self.field.next = bits::<32>(0);
            if self.is_response.q.val() {
                self.field.next = self.flags.val();
            }
        }
        if self.place.q.val() == 9 {
            self.field.next = bits::<32>(0);
            if self.under.q.val() | self.over.q.val() {
                self.field.next = self.residual.q.val();
            }
        }
        if self.place.q.val() > 9 {
            self.field.next = bits::<32>(0);
        }

        // Words are fetched from there or from the slot.
        self.read_address.next =
            (bit_cast::<15, 5>(self.slot.q.val()) << 10) | bit_cast::<15, 10>(self.address.q.val());
        self.word.d.next = (self.field.val() << 24)
            | ((self.field.val() & 0x0000_FF00) << 8)
            | ((self.field.val() >> 8) & 0x0000_FF00)
            | (self.field.val() >> 24);
        self.fetched.d.next = self.fetches.val();
        self.fetched_last.d.next = self.place.q.val() == (self.payload.q.val() + 5);
        self.fetched_data.d.next = self.is_data.q.val() & !self.is_header.val();
        self.slots.begins.next = self.fetches.val();
        self.slots.fetched.next = self.fetched.q.val();
        self.slots.fetched_word.next = self.word.q.val();
        if self.fetched_data.q.val() {
            self.slots.fetched_word.next = self.read_word.val();
        }
        self.slots.fetched_last.next = self.fetched_last.q.val();
        StreamSource::<32>::link(&mut self.frame, &mut self.slots.source);
        self.is_first_of_sequence.next = self.first.q.val();
        self.is_last_of_sequence.next = self.ends_sequence.q.val();

        self.job.sent_valid.next = self.sent.source.valid.val();
        self.sent.source.ready.next = self.job.sent_ready.val();
        self.job.sent_slot.next = self.sent.source.data.val().get_bits::<5>(0);
        self.job.sent_count.next = self.sent.source.data.val().get_bits::<16>(5);
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
