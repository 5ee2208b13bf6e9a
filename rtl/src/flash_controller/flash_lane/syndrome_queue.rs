//! Codewords with errors, of several lanes, in one queue.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};
use crate::flash_controller::ecc::RecordCode;

/// Bits of a syndrome's number within its codeword's place in the memory.
const SLC_NUMBER_BITS: usize = 3;
const EMLC_NUMBER_BITS: usize = 6;
/// Words of the memory.
const MEMORY_BITS: usize = 10;

/// What the queue does with the codewords that ask.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum QueueingState {
    /// It looks at one lane after the other.
    Choosing,
    /// Syndromes are fetched.
    Fetching,
    /// The last syndromes are on their way.
    Draining,
    /// The lane is told.
    Ending,
}

/// What the queue does with its oldest codeword.
#[derive(Copy, Clone, Debug, PartialEq, Eq, LogicState)]
pub enum OfferingState {
    /// There is none.
    Resting,
    /// Its syndromes come from the memory.
    Loading,
    /// It is offered.
    Offering,
}

/// Fetches the syndromes of codewords with errors from the lanes, in turn, and offers one codeword after the other.
///
/// - Latency: from `asks` of a lane to `taken` as many cycles as there are syndromes and 2, and those of the lanes before it;
///   from there to `valid`, if the queue is empty, as many and 3.
/// - Throughput: a codeword in as many cycles as it has syndromes and 3.
/// - Back-pressure: none towards the lanes, as each has at most two records that are not corrected, and the queue holds all their
///   codewords.
/// - Limits: 1..=7 lanes of SLC, one of eMLC; a lane's syndromes stand until `taken`.
#[derive(LogicBlock)]
pub struct SyndromeQueue {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A codeword asks, by lane.
    pub asks: Vec<Signal<In, Bit>>,
    /// Its number in bits 2..=0, the slot of its record in bit 3; meaningful while `asks` is high.
    pub codeword: Vec<Signal<In, Bits<4>>>,
    /// Which odd syndrome is fetched.
    pub number: Signal<Out, Bits<6>>,
    /// The syndrome of the number of the cycle before, by lane.
    pub syndrome: Vec<Signal<In, Bits<14>>>,
    /// All syndromes are fetched, by lane.
    pub taken: Vec<Signal<Out, Bit>>,
    /// A codeword is offered; it stands until `ready`.
    pub valid: Signal<Out, Bit>,
    /// Its lane in bits 7..=4, `codeword` as it came below; meaningful while `valid` is high.
    pub origin: Signal<Out, Bits<8>>,
    /// Its odd syndromes, lowest first; meaningful while `valid` is high.
    pub syndromes: Vec<Signal<Out, Bits<14>>>,
    /// It is not needed any more.
    pub ready: Signal<In, Bit>,

    last_lane: Constant<Bits<4>>,
    last_number: Constant<Bits<6>>,
    number_bits: Constant<Bits<16>>,
    lane_number: Vec<Constant<Bits<4>>>,

    memory: RAM<Bits<14>, MEMORY_BITS>,
    origins: RAM<Bits<8>, 7>,

    state: DFF<QueueingState>,
    lane: DFF<Bits<4>>,
    step: DFF<Bits<6>>,
    /// A syndrome is at the lane's output, one and two cycles after its number.
    fetching: DFF<Bit>,
    fetched_step: DFF<Bits<6>>,
    entering: DFF<Bit>,
    entering_step: DFF<Bits<6>>,
    entering_syndrome: DFF<Bits<14>>,
    /// Number of the codeword that is written, and of the one that is read.
    written: DFF<Bits<7>>,
    read: DFF<Bits<7>>,

    offering: DFF<OfferingState>,
    load_step: DFF<Bits<6>>,
    loading: DFF<Bit>,
    loading_last: DFF<Bit>,
    loaded: Vec<DFF<Bits<14>>>,
    offered_origin: DFF<Bits<8>>,

    asks_now: Signal<Local, Bit>,
    codeword_now: Signal<Local, Bits<4>>,
    syndrome_now: Signal<Local, Bits<14>>,
    place: Signal<Local, Bits<MEMORY_BITS>>,
    passed_on: Signal<Local, Bits<14>>,
}

impl SyndromeQueue {
    /// A queue of codewords of `lanes` lanes in `code`.
    ///
    /// # Panics
    /// If the codewords of so many lanes do not fit.
    pub fn new(code: RecordCode, lanes: usize) -> Self {
        let strength = code.bch().strength();
        let number_bits = if strength <= 1 << SLC_NUMBER_BITS { SLC_NUMBER_BITS } else { EMLC_NUMBER_BITS };
        // All places are never taken, so that full and empty differ.
        let most = ((1 << (MEMORY_BITS - number_bits).min(7)) - 1) / (2 * code.codewords());
        assert!((1..=most).contains(&lanes), "{lanes} lanes: legal are 1..={most} with this code");
        Self {
            clock: Default::default(),
            asks: (0..lanes).map(|_| Default::default()).collect(),
            codeword: (0..lanes).map(|_| Default::default()).collect(),
            number: Default::default(),
            syndrome: (0..lanes).map(|_| Default::default()).collect(),
            taken: (0..lanes).map(|_| Default::default()).collect(),
            valid: Default::default(),
            origin: Default::default(),
            syndromes: (0..strength).map(|_| Default::default()).collect(),
            ready: Default::default(),
            last_lane: Constant::new((lanes - 1).to_bits()),
            last_number: Constant::new((strength - 1).to_bits()),
            number_bits: Constant::new(number_bits.to_bits()),
            lane_number: (0..lanes).map(|lane| Constant::new(lane.to_bits())).collect(),
            memory: Default::default(),
            origins: Default::default(),
            state: Default::default(),
            lane: Default::default(),
            step: Default::default(),
            fetching: Default::default(),
            fetched_step: Default::default(),
            entering: Default::default(),
            entering_step: Default::default(),
            entering_syndrome: Default::default(),
            written: Default::default(),
            read: Default::default(),
            offering: Default::default(),
            load_step: Default::default(),
            loading: Default::default(),
            loading_last: Default::default(),
            loaded: (0..strength).map(|_| Default::default()).collect(),
            offered_origin: Default::default(),
            asks_now: Default::default(),
            codeword_now: Default::default(),
            syndrome_now: Default::default(),
            place: Default::default(),
            passed_on: Default::default(),
        }
    }
}

impl Logic for SyndromeQueue {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, lane, step, fetching, fetched_step, entering, entering_step, entering_syndrome);
        dff_setup!(self, clock, written, read, offering, load_step, loading, loading_last, offered_origin);
        self.memory.read_clock.next = self.clock.val();
        self.memory.write_clock.next = self.clock.val();
        self.origins.read_clock.next = self.clock.val();
        self.origins.write_clock.next = self.clock.val();

        // Syndromes from the lanes to the memory.
        self.asks_now.next = false;
        self.codeword_now.next = bits::<4>(0);
        self.syndrome_now.next = bits::<14>(0);
        for i in 0..self.asks.len() {
            self.taken[i].next = false;
            if self.lane.q.val() == self.lane_number[i].val() {
                self.asks_now.next = self.asks[i].val();
                self.codeword_now.next = self.codeword[i].val();
                self.syndrome_now.next = self.syndrome[i].val();
                self.taken[i].next = self.state.q.val() == QueueingState::Ending;
            }
        }
        self.number.next = self.step.q.val();
        self.fetching.d.next = false;
        self.fetched_step.d.next = self.step.q.val();
        match self.state.q.val() {
            QueueingState::Choosing => {
                self.step.d.next = bits::<6>(0);
                if self.asks_now.val() {
                    self.state.d.next = QueueingState::Fetching;
                } else {
                    self.lane.d.next = self.lane.q.val() + 1;
                    if self.lane.q.val() == self.last_lane.val() {
                        self.lane.d.next = bits::<4>(0);
                    }
                }
            }
            QueueingState::Fetching => {
                self.fetching.d.next = true;
                self.step.d.next = self.step.q.val() + 1;
                if self.step.q.val() == self.last_number.val() {
                    self.state.d.next = QueueingState::Draining;
                }
            }
            QueueingState::Draining => {
                self.state.d.next = QueueingState::Ending;
            }
            QueueingState::Ending => {
                self.written.d.next = self.written.q.val() + 1;
                self.lane.d.next = self.lane.q.val() + 1;
                if self.lane.q.val() == self.last_lane.val() {
                    self.lane.d.next = bits::<4>(0);
                }
                self.state.d.next = QueueingState::Choosing;
            }
            _ => {
                self.state.d.next = QueueingState::Choosing;
            }
        }
        self.entering.d.next = self.fetching.q.val();
        self.entering_step.d.next = self.fetched_step.q.val();
        self.entering_syndrome.d.next = self.syndrome_now.val();
        self.place.next = bit_cast::<MEMORY_BITS, 7>(self.written.q.val()) << self.number_bits.val();
        self.memory.write_address.next = self.place.val() | bit_cast::<MEMORY_BITS, 6>(self.entering_step.q.val());
        self.memory.write_data.next = self.entering_syndrome.q.val();
        self.memory.write_enable.next = self.entering.q.val();
        self.origins.write_address.next = self.written.q.val();
        self.origins.write_data.next =
            bit_cast::<8, 4>(self.codeword_now.val()) | (bit_cast::<8, 4>(self.lane.q.val()) << 4);
        self.origins.write_enable.next = self.state.q.val() == QueueingState::Draining;

        // Syndromes from the memory, the highest first, as each goes one place up for the next.
        self.memory.read_address.next = (bit_cast::<MEMORY_BITS, 7>(self.read.q.val()) << self.number_bits.val())
            | bit_cast::<MEMORY_BITS, 6>(self.load_step.q.val());
        self.origins.read_address.next = self.read.q.val();
        self.loading.d.next = false;
        self.loading_last.d.next = false;
        match self.offering.q.val() {
            OfferingState::Resting => {
                self.load_step.d.next = self.last_number.val();
                if self.written.q.val() != self.read.q.val() {
                    self.offering.d.next = OfferingState::Loading;
                }
            }
            OfferingState::Loading => {
                self.load_step.d.next = self.load_step.q.val() - 1;
                self.loading.d.next = !self.loading_last.q.val();
                self.loading_last.d.next = !self.load_step.q.val().any();
                if self.loading_last.q.val() {
                    self.offering.d.next = OfferingState::Offering;
                }
            }
            OfferingState::Offering => {
                if self.ready.val() {
                    self.read.d.next = self.read.q.val() + 1;
                    self.offering.d.next = OfferingState::Resting;
                }
            }
            _ => {
                self.offering.d.next = OfferingState::Resting;
            }
        }
        self.offered_origin.d.next = self.origins.read_data.val();
        self.passed_on.next = self.memory.read_data.val();
        for i in 0..self.loaded.len() {
            self.loaded[i].clock.next = self.clock.val();
            self.loaded[i].d.next = self.loaded[i].q.val();
            if self.loading.q.val() {
                self.loaded[i].d.next = self.passed_on.val();
            }
            self.passed_on.next = self.loaded[i].q.val();
            self.syndromes[i].next = self.loaded[i].q.val();
        }
        self.valid.next = self.offering.q.val() == OfferingState::Offering;
        self.origin.next = self.offered_origin.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let mut info =
            circuit_info::<Self>(&[("lanes", self.lane_number.len() as u64), ("strength", self.loaded.len() as u64)]);
        // A codeword is read when it has been written.
        info.push(no_collision(&["memory", "origins"]));
        info
    }
}
