//! State and erase count of every block.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::tables::{BlockSink, BlockState, TableMemorySource};

/// Lanes of a controller.
const LANES: usize = 10;

/// What the firmware's request waits for.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
enum RequestState {
    /// There is none.
    Idle,
    /// The memory accepts its write.
    Write,
    /// The memory accepts its read.
    Read,
    /// The memory answers its read.
    Answer,
}

/// State and erase count of the blocks of 2^`R` rows. A row is the block of one number in one plane of one group, on each
/// of the ten lanes; its number is, from its lowest bit, plane (1 bit), die (3 bits), block, and on top group (1 bit).
///
/// States are on chip, two bits a block, so that opening a stripe sees all lanes of a row at once. Erase counts, which only
/// the firmware asks for, lie behind a memory port, 2^`E` words: the count of a block lies at its row x 16 + lane.
///
/// - Latency: 2 cycles from a row's number to its states. A firmware request is answered 2 cycles after it was taken and
///   later by what the memory takes.
/// - Throughput: a row per cycle; one firmware request at a time.
/// - Back-pressure: rows have none; a firmware request waits for the one before it and for the memory.
/// - Limits: `R` 1..=16, `E` = `R` + 4. A state that is written in the cycle in which its row's number is given is shown as
///   anything. All blocks are bad at first.
#[derive(LogicBlock)]
pub struct BlockTable<const R: usize, const E: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Number of the row that opening a stripe asks for.
    pub row: Signal<In, Bits<R>>,
    /// Lanes whose block in the row of two cycles before is erased.
    pub erased: Signal<Out, Bits<10>>,
    /// Lanes whose block in the row of two cycles before is open.
    pub open: Signal<Out, Bits<10>>,
    /// Reading and writing of single blocks.
    pub firmware: BlockSink<R>,
    /// The memory that holds the erase counts.
    pub erase_counts: TableMemorySource<E, 20>,

    /// The number of each lane.
    number: Vec<Constant<Bits<4>>>,
    /// The bit of each lane in a mask.
    bit: Vec<Constant<Bits<10>>>,

    states: Vec<RAM<BlockState, R>>,
    /// The same states, for the firmware.
    firmware_states: Vec<RAM<BlockState, R>>,
    shown_erased: DFF<Bits<10>>,
    shown_open: DFF<Bits<10>>,
    request: DFF<RequestState>,
    request_row: DFF<Bits<R>>,
    request_lane: DFF<Bits<4>>,
    request_count: DFF<Bits<20>>,
    answer: DFF<Bit>,
    answer_state: DFF<BlockState>,
    answer_count: DFF<Bits<20>>,

    is_erased: Signal<Local, Bits<10>>,
    is_open: Signal<Local, Bits<10>>,
    takes: Signal<Local, Bit>,
}

impl<const R: usize, const E: usize> Default for BlockTable<R, E> {
    /// # Panics
    /// If `E` is not `R` + 4.
    fn default() -> Self {
        assert!(E == R + 4, "{E} bits of block number: {R} bits of row and 4 of lane make {}", R + 4);
        Self {
            clock: Default::default(),
            row: Default::default(),
            erased: Default::default(),
            open: Default::default(),
            firmware: Default::default(),
            erase_counts: Default::default(),
            number: (0..LANES).map(|lane| Constant::new(lane.to_bits())).collect(),
            bit: (0..LANES).map(|lane| Constant::new((1_usize << lane).to_bits())).collect(),
            states: (0..LANES).map(|_| Default::default()).collect(),
            firmware_states: (0..LANES).map(|_| Default::default()).collect(),
            shown_erased: Default::default(),
            shown_open: Default::default(),
            request: Default::default(),
            request_row: Default::default(),
            request_lane: Default::default(),
            request_count: Default::default(),
            answer: Default::default(),
            answer_state: Default::default(),
            answer_count: Default::default(),
            is_erased: Default::default(),
            is_open: Default::default(),
            takes: Default::default(),
        }
    }
}

impl<const R: usize, const E: usize> Logic for BlockTable<R, E> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, shown_erased, shown_open, request, request_row, request_lane, request_count);
        dff_setup!(self, clock, answer, answer_state, answer_count);

        // Take a request; a write sets the state at once.
        self.firmware.ready.next = false;
        self.erase_counts.read_valid.next = false;
        self.erase_counts.write_valid.next = false;
        self.answer.d.next = false;
        self.takes.next = false;
        match self.request.q.val() {
            RequestState::Write => {
                self.erase_counts.write_valid.next = true;
                if self.erase_counts.write_ready.val() {
                    self.request.d.next = RequestState::Idle;
                    self.answer.d.next = true;
                }
            }
            RequestState::Read => {
                self.erase_counts.read_valid.next = true;
                if self.erase_counts.read_ready.val() {
                    self.request.d.next = RequestState::Answer;
                }
            }
            RequestState::Answer => {
                if self.erase_counts.response_valid.val() {
                    self.request.d.next = RequestState::Idle;
                    self.answer.d.next = true;
                }
            }
            _ => {
                self.firmware.ready.next = true;
                self.takes.next = self.firmware.valid.val();
                if self.firmware.valid.val() {
                    self.request.d.next = RequestState::Read;
                    if self.firmware.write.val() {
                        self.request.d.next = RequestState::Write;
                    }
                }
            }
        }
        if self.takes.val() {
            self.request_row.d.next = self.firmware.row.val();
            self.request_lane.d.next = self.firmware.lane.val();
            self.request_count.d.next = self.firmware.erase_count.val();
        }
        self.erase_counts.read_address.next =
            (bit_cast::<E, R>(self.request_row.q.val()) << 4) | bit_cast::<E, 4>(self.request_lane.q.val());
        self.erase_counts.write_address.next =
            (bit_cast::<E, R>(self.request_row.q.val()) << 4) | bit_cast::<E, 4>(self.request_lane.q.val());
        self.erase_counts.write_data.next = self.request_count.q.val();

        self.is_erased.next = bits::<10>(0);
        self.is_open.next = bits::<10>(0);
        for i in 0..self.states.len() {
            self.states[i].read_clock.next = self.clock.val();
            self.states[i].write_clock.next = self.clock.val();
            self.firmware_states[i].read_clock.next = self.clock.val();
            self.firmware_states[i].write_clock.next = self.clock.val();
            self.states[i].read_address.next = self.row.val();
            self.states[i].write_address.next = self.firmware.row.val();
            self.states[i].write_data.next = self.firmware.state.val();
            self.states[i].write_enable.next =
                self.takes.val() & self.firmware.write.val() & (self.firmware.lane.val() == self.number[i].val());
            self.firmware_states[i].read_address.next = self.request_row.q.val();
            self.firmware_states[i].write_address.next = self.firmware.row.val();
            self.firmware_states[i].write_data.next = self.firmware.state.val();
            self.firmware_states[i].write_enable.next =
                self.takes.val() & self.firmware.write.val() & (self.firmware.lane.val() == self.number[i].val());
            match self.states[i].read_data.val() {
                BlockState::Erased => {
                    self.is_erased.next = self.is_erased.val() | self.bit[i].val();
                }
                BlockState::Open => {
                    self.is_open.next = self.is_open.val() | self.bit[i].val();
                }
                _ => {}
            }
            if self.request_lane.q.val() == self.number[i].val() {
                self.answer_state.d.next = self.firmware_states[i].read_data.val();
            }
        }
        self.shown_erased.d.next = self.is_erased.val();
        self.shown_open.d.next = self.is_open.val();
        self.answer_count.d.next = self.erase_counts.response_data.val();

        self.erased.next = self.shown_erased.q.val();
        self.open.next = self.shown_open.q.val();
        self.firmware.answer_valid.next = self.answer.q.val();
        self.firmware.answer_state.next = self.answer_state.q.val();
        self.firmware.answer_erase_count.next = self.answer_count.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
