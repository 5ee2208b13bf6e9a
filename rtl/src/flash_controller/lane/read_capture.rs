//! Bytes that come from a chip.

use rust_hdl::prelude::*;

use super::lane_config::{BusCycles, LaneConfig, LaneConfigError};
use crate::circuit::circuit_info;

/// Takes the bytes of a transfer from the pins and counts them.
///
/// A source-synchronous chip sends a byte with every change of the strobe; from an asynchronous one a byte is taken a fixed
/// number of cycles after RE# fell. Bytes beyond the expected number are dropped. Bytes that have not come when the
/// bus action ends are made up as FFh and reported by `missing`, so that a receiver always gets the length it asked for.
///
/// - Latency: 3 cycles from a byte at the pins to `byte_valid`.
/// - Throughput: 1 byte per cycle.
/// - Back-pressure: none.
/// - Limits: 1..=16,383 bytes a transfer; RE# to data up to 10 cycles.
#[derive(LogicBlock)]
pub struct ReadCapture {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// DQ as it stands at the pins.
    pub data_in: Signal<In, Bits<8>>,
    /// DQS as it stands at the pins.
    pub strobe_in: Signal<In, Bit>,
    /// The chip is in the lane's `run` mode, else in `boot`.
    pub fast: Signal<In, Bit>,
    /// The chip is source-synchronous.
    pub synchronous: Signal<In, Bit>,
    /// Bytes are expected: `length` of them, and none of an earlier transfer any more.
    pub arm: Signal<In, Bit>,
    /// Bytes to be taken; meaningful while `arm` is high.
    pub length: Signal<In, Bits<14>>,
    /// A source-synchronous chip sends every byte twice: one of two is dropped.
    pub twice: Signal<In, Bit>,
    /// The chip may send bytes with the strobe.
    pub receive: Signal<In, Bit>,
    /// RE# of an asynchronous chip falls in the next cycle.
    pub read_falls: Signal<In, Bit>,
    /// Bytes that have not come are made up, one a cycle.
    pub flush: Signal<In, Bit>,
    /// A byte has come.
    pub byte_valid: Signal<Out, Bit>,
    /// The byte.
    pub byte: Signal<Out, Bits<8>>,
    /// It is the last of the transfer.
    pub byte_last: Signal<Out, Bit>,
    /// All bytes have come.
    pub complete: Signal<Out, Bit>,
    /// A byte of this transfer was made up.
    pub missing: Signal<Out, Bit>,

    /// The bit of the falling edge whose byte is now registered, in either mode.
    boot_tap: Constant<Bits<12>>,
    run_tap: Constant<Bits<12>>,

    captured: DFF<Bits<8>>,
    captured_strobe: DFF<Bit>,
    strobe_before: DFF<Bit>,
    /// `receive` one and two cycles ago: the way to the pins and back, less the chip's own delay.
    receive_before: DFF<Bit>,
    receiving: DFF<Bit>,
    /// A falling edge of RE# a bit, the newest at the bottom.
    falls: DFF<Bits<12>>,
    bytes_left: DFF<Bits<14>>,
    is_last: DFF<Bit>,
    is_open: DFF<Bit>,
    /// The byte that comes is the second of two equal ones.
    is_copy: DFF<Bit>,
    has_missing: DFF<Bit>,
    taken_valid: DFF<Bit>,
    taken: DFF<Bits<8>>,
    taken_last: DFF<Bit>,

    tapped: Signal<Local, Bits<12>>,
    arrives: Signal<Local, Bit>,
    takes: Signal<Local, Bit>,
    fills: Signal<Local, Bit>,
    left_is_one: Signal<Local, Bit>,
    left_is_two: Signal<Local, Bit>,
}

impl ReadCapture {
    /// The capture of a lane.
    ///
    /// # Errors
    /// If the configuration is out of its range.
    pub fn new(config: &LaneConfig) -> Result<Self, LaneConfigError> {
        config.validate()?;
        let boot = config.bus_cycles(config.boot, &config.figures(config.boot)?);
        let run = config.bus_cycles(config.run, &config.figures(config.run)?);
        // A falling edge announced in one cycle is at the pins in the next; the byte that follows it is in its register a
        // cycle after it is at the pins.
        let tap = |cycles: &BusCycles| Constant::new((1_u64 << (cycles.read_access + 1)).into());
        Ok(Self {
            clock: Default::default(),
            data_in: Default::default(),
            strobe_in: Default::default(),
            fast: Default::default(),
            synchronous: Default::default(),
            arm: Default::default(),
            length: Default::default(),
            twice: Default::default(),
            receive: Default::default(),
            read_falls: Default::default(),
            flush: Default::default(),
            byte_valid: Default::default(),
            byte: Default::default(),
            byte_last: Default::default(),
            complete: Default::default(),
            missing: Default::default(),
            boot_tap: tap(&boot),
            run_tap: tap(&run),
            captured: Default::default(),
            captured_strobe: Default::default(),
            strobe_before: Default::default(),
            receive_before: Default::default(),
            receiving: Default::default(),
            falls: Default::default(),
            bytes_left: Default::default(),
            is_last: Default::default(),
            is_open: Default::default(),
            is_copy: Default::default(),
            has_missing: Default::default(),
            taken_valid: Default::default(),
            taken: Default::default(),
            taken_last: Default::default(),
            tapped: Default::default(),
            arrives: Default::default(),
            takes: Default::default(),
            fills: Default::default(),
            left_is_one: Default::default(),
            left_is_two: Default::default(),
        })
    }
}

impl Logic for ReadCapture {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, captured, captured_strobe, strobe_before, receive_before, receiving, falls);
        dff_setup!(self, clock, bytes_left, is_last, is_open, is_copy, has_missing, taken_valid, taken, taken_last);

        self.captured.d.next = self.data_in.val();
        self.captured_strobe.d.next = self.strobe_in.val();
        self.strobe_before.d.next = self.captured_strobe.q.val();
        self.receive_before.d.next = self.receive.val();
        self.receiving.d.next = self.receive_before.q.val() & self.synchronous.val();
        self.falls.d.next = self.falls.q.val() << 1;
        if self.read_falls.val() {
            self.falls.d.next = (self.falls.q.val() << 1) | bits::<12>(1);
        }
        self.tapped.next = self.falls.q.val() & self.boot_tap.val();
        if self.fast.val() {
            self.tapped.next = self.falls.q.val() & self.run_tap.val();
        }

        self.arrives.next = (self.receiving.q.val() & (self.captured_strobe.q.val() ^ self.strobe_before.q.val()))
            | self.tapped.val().any();
        if self.arrives.val() {
            self.is_copy.d.next = !self.is_copy.q.val() & self.twice.val() & self.synchronous.val();
        }
        self.fills.next = self.flush.val() & self.is_open.q.val();
        self.takes.next = self.is_open.q.val() & (self.flush.val() | (self.arrives.val() & !self.is_copy.q.val()));
        self.taken_valid.d.next = self.takes.val();
        self.taken_last.d.next = self.is_last.q.val();
        self.taken.d.next = self.captured.q.val();
        if self.flush.val() {
            self.taken.d.next = bits::<8>(0xFF);
        }
        self.left_is_one.next = self.bytes_left.q.val() == bits::<14>(1);
        self.left_is_two.next = self.bytes_left.q.val() == bits::<14>(2);
        self.is_last.d.next =
            (self.left_is_one.val() & !self.takes.val()) | (self.left_is_two.val() & self.takes.val());
        if self.takes.val() {
            self.bytes_left.d.next = self.bytes_left.q.val() - 1;
            self.is_open.d.next = !self.is_last.q.val();
        }
        if self.fills.val() {
            self.has_missing.d.next = true;
        }
        if self.arm.val() {
            self.bytes_left.d.next = self.length.val();
            self.is_last.d.next = false;
            self.is_open.d.next = true;
            self.is_copy.d.next = false;
            self.has_missing.d.next = false;
        }

        self.byte_valid.next = self.taken_valid.q.val();
        self.byte.next = self.taken.q.val();
        self.byte_last.next = self.taken_last.q.val();
        self.complete.next = !self.is_open.q.val();
        self.missing.next = self.has_missing.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[("boot_tap", self.boot_tap.val().into()), ("run_tap", self.run_tap.val().into())])
    }
}
