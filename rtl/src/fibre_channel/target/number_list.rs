//! Numbers that wait for their turn, or to be used.

use rust_hdl::prelude::*;

use crate::circuit::{circuit_info, no_collision};

/// Numbers of `N` bits in the order in which they were put, each at most once in the list.
///
/// A list may begin with all numbers up to one, in order: they come from a counter until each was taken once.
///
/// - Latency: 3 cycles from a number put into an empty list to `number`.
/// - Throughput: a number in every cycle in, one in 2 cycles out.
/// - Back-pressure: none; a number that is in the list is not put again, so that there is room for all.
/// - Limits: `N` 1..=12. A number is taken only while `available` is high.
#[derive(LogicBlock)]
pub struct NumberList<const N: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A number is put behind the others.
    pub put: Signal<In, Bit>,
    /// The number.
    pub put_number: Signal<In, Bits<N>>,
    /// A number stands at `number`.
    pub available: Signal<Out, Bit>,
    /// The first of the list.
    pub number: Signal<Out, Bits<N>>,
    /// It is taken.
    pub take: Signal<In, Bit>,
    /// The list has no number, and none is put in this cycle.
    pub is_empty: Signal<Out, Bit>,

    /// The list begins with numbers.
    begins_full: Constant<Bit>,
    /// The last of them.
    last_unused: Constant<Bits<N>>,

    numbers: RAM<Bits<N>, N>,
    head: DFF<Bits<N>>,
    tail: DFF<Bits<N>>,
    /// Numbers in memory; never all of them while some were not taken from the counter.
    count: DFF<Bits<16>>,
    /// Numbers that were never taken follow this one.
    unused: DFF<Bits<N>>,
    all_used: DFF<Bit>,
    first: DFF<Bits<N>>,
    first_valid: DFF<Bit>,
    reading: DFF<Bit>,
    reads: Signal<Local, Bit>,
    has_unused: Signal<Local, Bit>,
}

impl<const N: usize> NumberList<N> {
    /// A list without numbers.
    pub fn empty() -> Self {
        Self::new(false, (1 << N) - 1)
    }

    /// A list of all numbers from 0 up.
    pub fn full() -> Self {
        Self::up_to((1 << N) - 1)
    }

    /// A list of the numbers 0 to `last`.
    ///
    /// # Panics
    /// If `last` has more than `N` bits.
    pub fn up_to(last: u64) -> Self {
        assert!(last < 1 << N, "numbers up to {last} in {N} bits");
        Self::new(true, last)
    }

    fn new(begins_full: bool, last_unused: u64) -> Self {
        assert!((1..=12).contains(&N), "numbers of {N} bits: legal are 1..=12");
        Self {
            clock: Default::default(),
            put: Default::default(),
            put_number: Default::default(),
            available: Default::default(),
            number: Default::default(),
            take: Default::default(),
            is_empty: Default::default(),
            begins_full: Constant::new(begins_full),
            last_unused: Constant::new(last_unused.into()),
            numbers: Default::default(),
            head: Default::default(),
            tail: Default::default(),
            count: Default::default(),
            unused: Default::default(),
            all_used: Default::default(),
            first: Default::default(),
            first_valid: Default::default(),
            reading: Default::default(),
            reads: Default::default(),
            has_unused: Default::default(),
        }
    }
}

impl<const N: usize> Logic for NumberList<N> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, head, tail, count, unused, all_used, first, first_valid, reading);
        self.numbers.read_clock.next = self.clock.val();
        self.numbers.write_clock.next = self.clock.val();

        self.numbers.write_address.next = self.tail.q.val();
        self.numbers.write_data.next = self.put_number.val();
        self.numbers.write_enable.next = self.put.val();
        if self.put.val() {
            self.tail.d.next = self.tail.q.val() + 1;
        }

        self.has_unused.next = self.begins_full.val() & !self.all_used.q.val();
        self.numbers.read_address.next = self.head.q.val();
        self.reads.next = !self.has_unused.val()
            & self.count.q.val().any()
            & !self.reading.q.val()
            & (!self.first_valid.q.val() | self.take.val());
        self.reading.d.next = self.reads.val();
        if self.reads.val() {
            self.head.d.next = self.head.q.val() + 1;
        }
        if self.take.val() {
            self.first_valid.d.next = false;
        }
        if self.reading.q.val() {
            self.first.d.next = self.numbers.read_data.val();
            self.first_valid.d.next = true;
        }
        if self.has_unused.val() & (!self.first_valid.q.val() | self.take.val()) {
            self.first.d.next = self.unused.q.val();
            self.first_valid.d.next = true;
            self.unused.d.next = self.unused.q.val() + 1;
            self.all_used.d.next = self.unused.q.val() == self.last_unused.val();
        }
        if self.put.val() & !self.reads.val() {
            self.count.d.next = self.count.q.val() + 1;
        }
        if self.reads.val() & !self.put.val() {
            self.count.d.next = self.count.q.val() - 1;
        }
        self.is_empty.next = !self.first_valid.q.val()
            & !self.reading.q.val()
            & !self.count.q.val().any()
            & !self.has_unused.val()
            & !self.put.val();
        self.available.next = self.first_valid.q.val();
        self.number.next = self.first.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        let parameters =
            [("begins_full", u64::from(self.begins_full.val())), ("last_unused", self.last_unused.val().into())];
        let mut info = circuit_info::<Self>(&parameters);
        // A number is read only after it was counted, which is after it was written.
        info.push(no_collision(&["numbers"]));
        info
    }
}
