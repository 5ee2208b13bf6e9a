//! Records to encoded flash pages.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::ecc::{BchCode, BchEncoder};
use crate::stream::{StreamSink, StreamSource};

/// Codewords of a flash page: two records of eight.
const CODEWORDS: usize = 16;

/// Cuts records into codewords and adds their parity: 514 bytes of data, 13 of parity, eight codewords a record, two
/// records a flash page.
///
/// - Latency: 2 cycles from `sink` to `source`.
/// - Throughput: a byte a cycle at `source`; `sink` waits while parity leaves.
/// - Back-pressure: holding `source` back holds `sink` back.
/// - Limits: flash pages of two records of 4,112 bytes; `sink.last` is not looked at.
#[derive(LogicBlock)]
pub struct PageEncoder {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// Bytes of records.
    pub sink: StreamSink<8>,
    /// Bytes of encoded records; `last` at the end of a flash page.
    pub source: StreamSource<8>,

    last_data_byte: Constant<Bits<10>>,
    last_codeword: Constant<Bits<4>>,

    encoder: BchEncoder<8, 104>,
    /// Bytes of the codeword that have come.
    data_byte: DFF<Bits<10>>,
    /// Codewords of the page that have left.
    codeword: DFF<Bits<4>>,

    ends: Signal<Local, Bit>,
}

impl Default for PageEncoder {
    fn default() -> Self {
        let code = BchCode::slc();
        Self {
            clock: Default::default(),
            sink: Default::default(),
            source: Default::default(),
            last_data_byte: Constant::new((code.data_words(8) - 1).to_bits()),
            last_codeword: Constant::new((CODEWORDS - 1).to_bits()),
            encoder: BchEncoder::new(&code),
            data_byte: Default::default(),
            codeword: Default::default(),
            ends: Default::default(),
        }
    }
}

impl Logic for PageEncoder {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, encoder);
        dff_setup!(self, clock, data_byte, codeword);

        self.ends.next = self.data_byte.q.val() == self.last_data_byte.val();
        self.encoder.sink.valid.next = self.sink.valid.val();
        self.encoder.sink.data.next = self.sink.data.val();
        self.encoder.sink.last.next = self.ends.val();
        self.sink.ready.next = self.encoder.sink.ready.val();
        if self.sink.valid.val() & self.encoder.sink.ready.val() {
            self.data_byte.d.next = self.data_byte.q.val() + 1;
            if self.ends.val() {
                self.data_byte.d.next = bits::<10>(0);
            }
        }

        self.source.valid.next = self.encoder.source.valid.val();
        self.source.data.next = self.encoder.source.data.val();
        self.source.last.next = self.encoder.source.last.val() & (self.codeword.q.val() == self.last_codeword.val());
        self.encoder.source.ready.next = self.source.ready.val();
        if (self.encoder.source.valid.val() & self.source.ready.val()) & self.encoder.source.last.val() {
            self.codeword.d.next = self.codeword.q.val() + 1;
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
