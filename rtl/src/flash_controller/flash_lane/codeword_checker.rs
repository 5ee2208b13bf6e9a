//! Bytes of codewords: which are data, and which codewords have errors.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::ecc::{BchSyndromes, RecordCode};

/// Takes the parity out of the bytes of codewords, and says of each codeword whether it has errors.
///
/// - Latency: 1 cycle from a byte to `arrived`, 4 cycles from a codeword's last byte to `checked`, 1 cycle from `number` to
///   `syndrome`.
/// - Throughput: 1 byte per cycle, without a pause between codewords.
/// - Back-pressure: none; pauses between bytes are allowed.
/// - Limits: the code it is built for. A codeword ends by the number of its bytes; its syndromes stand until the next ends.
#[derive(LogicBlock)]
pub struct CodewordChecker {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A byte of a codeword arrives.
    pub byte_valid: Signal<In, Bit>,
    /// The byte; meaningful while `byte_valid` is high.
    pub byte_data: Signal<In, Bits<8>>,
    /// A data byte has arrived.
    pub arrived: Signal<Out, Bit>,
    /// The byte as it came; meaningful while `arrived` is high.
    pub arrived_byte: Signal<Out, Bits<8>>,
    /// It is known whether a codeword has errors, in order.
    pub checked: Signal<Out, Bit>,
    /// It has; meaningful while `checked` is high.
    pub erroneous: Signal<Out, Bit>,
    /// An odd syndrome is asked for, the lowest being number 0.
    pub number: Signal<In, Bits<6>>,
    /// The syndrome of the number of the cycle before, of the last codeword checked.
    pub syndrome: Signal<Out, Bits<14>>,

    /// Number of the byte before a codeword's last.
    byte_before_last: Constant<Bits<12>>,
    /// Number of the last data byte.
    last_data: Constant<Bits<12>>,
    numbers: Vec<Constant<Bits<6>>>,

    /// One of the two is there.
    slc: Vec<BchSyndromes<13, 8>>,
    emlc: Vec<BchSyndromes<14, 8>>,

    received: DFF<Bit>,
    received_byte: DFF<Bits<8>>,
    /// Number in its codeword of the byte in `received_byte`.
    received_number: DFF<Bits<12>>,
    received_is_last: DFF<Bit>,
    received_is_parity: DFF<Bit>,
    /// Which syndromes are not zero.
    nonzero: Vec<DFF<Bit>>,
    checking: DFF<Bit>,
    judged: DFF<Bit>,
    has_errors: DFF<Bit>,
    chosen: DFF<Bits<14>>,

    syndromes: Vec<Signal<Local, Bits<14>>>,
    short_syndrome: Signal<Local, Bits<13>>,
    ended: Signal<Local, Bit>,
    any_nonzero: Signal<Local, Bit>,
    choice: Signal<Local, Bits<14>>,
}

impl CodewordChecker {
    /// For codewords of `code`.
    pub fn new(code: RecordCode) -> Self {
        let bch = code.bch();
        Self {
            clock: Default::default(),
            byte_valid: Default::default(),
            byte_data: Default::default(),
            arrived: Default::default(),
            arrived_byte: Default::default(),
            checked: Default::default(),
            erroneous: Default::default(),
            number: Default::default(),
            syndrome: Default::default(),
            byte_before_last: Constant::new((bch.words(8) - 2).to_bits()),
            last_data: Constant::new((bch.data_bytes() - 1).to_bits()),
            numbers: (0..bch.strength()).map(|number| Constant::new(number.to_bits())).collect(),
            slc: if code == RecordCode::Slc { vec![BchSyndromes::new(bch)] } else { vec![] },
            emlc: if code == RecordCode::Emlc { vec![BchSyndromes::new(bch)] } else { vec![] },
            received: Default::default(),
            received_byte: Default::default(),
            received_number: Default::default(),
            received_is_last: Default::default(),
            received_is_parity: Default::default(),
            nonzero: (0..bch.strength()).map(|_| Default::default()).collect(),
            checking: Default::default(),
            judged: Default::default(),
            has_errors: Default::default(),
            chosen: Default::default(),
            syndromes: (0..bch.strength()).map(|_| Default::default()).collect(),
            short_syndrome: Default::default(),
            ended: Default::default(),
            any_nonzero: Default::default(),
            choice: Default::default(),
        }
    }
}

impl Logic for CodewordChecker {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, received, received_byte, received_number, received_is_last, received_is_parity);
        dff_setup!(self, clock, checking, judged, has_errors, chosen);

        self.ended.next = false;
        self.short_syndrome.next = bits::<13>(0);
        for i in 0..self.slc.len() {
            self.slc[i].clock.next = self.clock.val();
            self.slc[i].word_valid.next = self.byte_valid.val();
            self.slc[i].word.next = self.byte_data.val();
            self.ended.next = self.slc[i].ended.val();
            for j in 0..self.syndromes.len() {
                self.short_syndrome.next = self.slc[i].syndromes[j].val();
                self.syndromes[j].next = bit_cast::<14, 13>(self.short_syndrome.val());
            }
        }
        for i in 0..self.emlc.len() {
            self.emlc[i].clock.next = self.clock.val();
            self.emlc[i].word_valid.next = self.byte_valid.val();
            self.emlc[i].word.next = self.byte_data.val();
            self.ended.next = self.emlc[i].ended.val();
            for j in 0..self.syndromes.len() {
                self.syndromes[j].next = self.emlc[i].syndromes[j].val();
            }
        }

        // Data and parity.
        self.received.d.next = self.byte_valid.val();
        self.received_byte.d.next = self.byte_data.val();
        if self.received.q.val() {
            self.received_number.d.next = self.received_number.q.val() + 1;
            self.received_is_last.d.next = self.received_number.q.val() == self.byte_before_last.val();
            if self.received_number.q.val() == self.last_data.val() {
                self.received_is_parity.d.next = true;
            }
            if self.received_is_last.q.val() {
                self.received_number.d.next = bits::<12>(0);
                self.received_is_parity.d.next = false;
            }
        }
        self.arrived.next = self.received.q.val() & !self.received_is_parity.q.val();
        self.arrived_byte.next = self.received_byte.q.val();

        // Errors or none.
        self.any_nonzero.next = false;
        self.choice.next = bits::<14>(0);
        for i in 0..self.nonzero.len() {
            self.nonzero[i].clock.next = self.clock.val();
            self.nonzero[i].d.next = self.syndromes[i].val().any();
            self.any_nonzero.next = self.any_nonzero.val() | self.nonzero[i].q.val();
            if self.number.val() == self.numbers[i].val() {
                self.choice.next = self.syndromes[i].val();
            }
        }
        self.chosen.d.next = self.choice.val();
        self.syndrome.next = self.chosen.q.val();
        self.checking.d.next = self.ended.val();
        self.judged.d.next = self.checking.q.val();
        self.has_errors.d.next = self.any_nonzero.val();
        self.checked.next = self.judged.q.val();
        self.erroneous.next = self.has_errors.q.val();
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[("strength", self.nonzero.len() as u64)])
    }
}
