//! Who reads the buffer's memory.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::write_buffer::LANES;

/// Turns of a round: one for each lane, one for the reader.
const TURNS: usize = LANES + 1;

/// Shares the read port of the buffer's memory: every lane has its turn once in 11 cycles, and the reader of whole pages has
/// one, and those that lanes leave. Turns rest while no lane wants a word.
///
/// - Latency: 1 cycle from a grant to the address, 4 cycles from a grant to the arrival of its word.
/// - Throughput: 1 word per cycle; at least 1 word in 11 cycles for each lane, which is more than the byte a cycle it sends.
/// - Back-pressure: whoever wants a word waits for its turn.
/// - Limits: 10 lanes; a memory that shows a word 3 cycles after its address.
#[derive(LogicBlock)]
pub struct ReadScheduler {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// The lane wants a word.
    pub lane_wants: [Signal<In, Bit>; LANES],
    /// Where the word lies: part of the buffer (bit 14), slot (bits 9..=13) and place (bits 0..=8).
    pub lane_address: [Signal<In, Bits<15>>; LANES],
    /// The lane's word is being fetched.
    pub lane_granted: [Signal<Out, Bit>; LANES],
    /// The lane's word arrives.
    pub lane_arrives: [Signal<Out, Bit>; LANES],
    /// The reader wants a word.
    pub reader_wants: Signal<In, Bit>,
    /// Where it lies, as for lanes.
    pub reader_address: Signal<In, Bits<15>>,
    /// The reader's word is being fetched.
    pub reader_granted: Signal<Out, Bit>,
    /// The reader's word arrives.
    pub reader_arrives: Signal<Out, Bit>,
    /// The address read.
    pub address: Signal<Out, Bits<15>>,

    first_turn: Constant<Bits<11>>,

    turn: DFFWithInit<Bits<11>>,
    held_address: DFF<Bits<15>>,
    /// For whom a word is under way, one to four cycles after the grant: bit per lane, bit 10 for the reader.
    under_way: [DFF<Bits<11>>; 4],

    anyone_wants: Signal<Local, Bit>,
    lane_takes: Signal<Local, Bits<11>>,
    chosen: Signal<Local, Bits<15>>,
}

impl Default for ReadScheduler {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            lane_wants: Default::default(),
            lane_address: Default::default(),
            lane_granted: Default::default(),
            lane_arrives: Default::default(),
            reader_wants: Default::default(),
            reader_address: Default::default(),
            reader_granted: Default::default(),
            reader_arrives: Default::default(),
            address: Default::default(),
            first_turn: Constant::new((1_u64 << (TURNS - 1)).into()),
            turn: DFFWithInit::new(1_u64.into()),
            held_address: Default::default(),
            under_way: Default::default(),
            anyone_wants: Default::default(),
            lane_takes: Default::default(),
            chosen: Default::default(),
        }
    }
}

impl Logic for ReadScheduler {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, turn, held_address);
        self.anyone_wants.next = false;
        for i in 0..10 {
            if self.lane_wants[i].val() {
                self.anyone_wants.next = true;
            }
        }
        if self.anyone_wants.val() {
            self.turn.d.next = self.turn.q.val() >> 1;
            if self.turn.q.val().get_bit(0) {
                self.turn.d.next = self.first_turn.val();
            }
        }
        self.lane_takes.next = bits::<11>(0);
        self.chosen.next = bits::<15>(0);
        for i in 0..10 {
            self.lane_granted[i].next = self.turn.q.val().get_bit(i) & self.lane_wants[i].val();
            self.lane_takes.next =
                self.lane_takes.val().replace_bit(i, self.turn.q.val().get_bit(i) & self.lane_wants[i].val());
            if self.turn.q.val().get_bit(i) & self.lane_wants[i].val() {
                self.chosen.next = self.chosen.val() | self.lane_address[i].val();
            }
        }
        self.reader_granted.next = self.reader_wants.val() & !self.lane_takes.val().any();
        if !self.lane_takes.val().any() {
            self.chosen.next = self.reader_address.val();
        }
        self.held_address.d.next = self.chosen.val();
        self.under_way[0].clock.next = self.clock.val();
        self.under_way[0].d.next =
            self.lane_takes.val().replace_bit(10, self.reader_wants.val() & !self.lane_takes.val().any());
        self.under_way[1].clock.next = self.clock.val();
        self.under_way[1].d.next = self.under_way[0].q.val();
        self.under_way[2].clock.next = self.clock.val();
        self.under_way[2].d.next = self.under_way[1].q.val();
        self.under_way[3].clock.next = self.clock.val();
        self.under_way[3].d.next = self.under_way[2].q.val();
        for i in 0..10 {
            self.lane_arrives[i].next = self.under_way[3].q.val().get_bit(i);
        }
        self.reader_arrives.next = self.under_way[3].q.val().get_bit(10);
        self.address.next = self.held_address.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
