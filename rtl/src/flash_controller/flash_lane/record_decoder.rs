//! The decoder of a lane's records, for one of the codes of records.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::ecc::{BchDecoder, RecordCode};

/// A [`BchDecoder`] of bytes for the code that it is built for; ports and times are those of that decoder.
///
/// - Latency: that of the decoder: 11 cycles from a codeword's last byte to its first, and the key equation's time if it has
///   errors.
/// - Throughput: 1 byte per cycle.
/// - Back-pressure: none.
/// - Limits: the codes of [`RecordCode`].
#[derive(LogicBlock)]
pub struct RecordDecoder {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// A byte of a codeword comes.
    pub byte_valid: Signal<In, Bit>,
    /// The byte; meaningful while `byte_valid` is high.
    pub byte_data: Signal<In, Bits<8>>,
    /// A data byte has come.
    pub arrived: Signal<Out, Bit>,
    /// The byte as it came; meaningful while `arrived` is high.
    pub arrived_byte: Signal<Out, Bits<8>>,
    /// It is known whether a codeword has errors, in order.
    pub checked: Signal<Out, Bit>,
    /// It has; meaningful while `checked` is high.
    pub erroneous: Signal<Out, Bit>,
    /// A data byte leaves.
    pub data_valid: Signal<Out, Bit>,
    /// The corrected byte; meaningful while `data_valid` is high.
    pub data: Signal<Out, Bits<8>>,
    /// It is of a codeword with errors; meaningful while `data_valid` is high.
    pub data_changed: Signal<Out, Bit>,
    /// The outcome of a codeword, in order.
    pub decided: Signal<Out, Bit>,
    /// Bits corrected in the codeword, 0 if it is uncorrectable; meaningful while `decided` is high.
    pub corrected: Signal<Out, Bits<7>>,
    /// It has more errors than can be corrected; meaningful while `decided` is high.
    pub uncorrectable: Signal<Out, Bit>,

    /// One of the two is there.
    slc: Vec<BchDecoder<13, 8, 117, 104, 11>>,
    emlc: Vec<BchDecoder<14, 8, 588, 112, 12>>,
}

impl RecordDecoder {
    /// A decoder of `code`.
    pub fn new(code: RecordCode) -> Self {
        Self {
            clock: Default::default(),
            byte_valid: Default::default(),
            byte_data: Default::default(),
            arrived: Default::default(),
            arrived_byte: Default::default(),
            checked: Default::default(),
            erroneous: Default::default(),
            data_valid: Default::default(),
            data: Default::default(),
            data_changed: Default::default(),
            decided: Default::default(),
            corrected: Default::default(),
            uncorrectable: Default::default(),
            slc: if code == RecordCode::Slc { vec![BchDecoder::new(code.bch(), 1)] } else { vec![] },
            emlc: if code == RecordCode::Emlc { vec![BchDecoder::new(code.bch(), 2)] } else { vec![] },
        }
    }
}

impl Logic for RecordDecoder {
    #[hdl_gen]
    fn update(&mut self) {
        for i in 0..self.slc.len() {
            self.slc[i].clock.next = self.clock.val();
            self.slc[i].word_valid.next = self.byte_valid.val();
            self.slc[i].word.next = self.byte_data.val();
            self.arrived.next = self.slc[i].arrived.val();
            self.arrived_byte.next = self.slc[i].arrived_word.val();
            self.checked.next = self.slc[i].checked.val();
            self.erroneous.next = self.slc[i].erroneous.val();
            self.data_valid.next = self.slc[i].data_valid.val();
            self.data.next = self.slc[i].data.val();
            self.data_changed.next = self.slc[i].data_changed.val();
            self.decided.next = self.slc[i].decided.val();
            self.corrected.next = self.slc[i].corrected.val();
            self.uncorrectable.next = self.slc[i].uncorrectable.val();
        }
        for i in 0..self.emlc.len() {
            self.emlc[i].clock.next = self.clock.val();
            self.emlc[i].word_valid.next = self.byte_valid.val();
            self.emlc[i].word.next = self.byte_data.val();
            self.arrived.next = self.emlc[i].arrived.val();
            self.arrived_byte.next = self.emlc[i].arrived_word.val();
            self.checked.next = self.emlc[i].checked.val();
            self.erroneous.next = self.emlc[i].erroneous.val();
            self.data_valid.next = self.emlc[i].data_valid.val();
            self.data.next = self.emlc[i].data.val();
            self.data_changed.next = self.emlc[i].data_changed.val();
            self.decided.next = self.emlc[i].decided.val();
            self.corrected.next = self.emlc[i].corrected.val();
            self.uncorrectable.next = self.emlc[i].uncorrectable.val();
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
