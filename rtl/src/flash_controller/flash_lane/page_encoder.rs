//! Records to encoded flash pages.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::flash_controller::ecc::{BchEncoder, RecordCode};
use crate::stream::{StreamSink, StreamSource};

/// Records of a flash page.
const RECORDS: usize = 2;

/// Cuts records into codewords and adds their parity, as their code says.
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

    last_data_byte: Constant<Bits<11>>,
    last_codeword: Constant<Bits<4>>,

    /// One of the two is there.
    slc: Vec<BchEncoder<8, 104>>,
    emlc: Vec<BchEncoder<8, 560>>,
    /// Bytes of the codeword that have come.
    data_byte: DFF<Bits<11>>,
    /// Codewords of the page that have left.
    codeword: DFF<Bits<4>>,

    ends: Signal<Local, Bit>,
    takes: Signal<Local, Bit>,
    gives: Signal<Local, Bit>,
    gives_last: Signal<Local, Bit>,
}

impl PageEncoder {
    /// For records in `code`.
    pub fn new(code: RecordCode) -> Self {
        let bch = code.bch();
        Self {
            clock: Default::default(),
            sink: Default::default(),
            source: Default::default(),
            last_data_byte: Constant::new((bch.data_words(8) - 1).to_bits()),
            last_codeword: Constant::new((RECORDS * code.codewords() - 1).to_bits()),
            slc: if code == RecordCode::Slc { vec![BchEncoder::new(bch)] } else { vec![] },
            emlc: if code == RecordCode::Emlc { vec![BchEncoder::new(bch)] } else { vec![] },
            data_byte: Default::default(),
            codeword: Default::default(),
            ends: Default::default(),
            takes: Default::default(),
            gives: Default::default(),
            gives_last: Default::default(),
        }
    }
}

impl Logic for PageEncoder {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, data_byte, codeword);

        self.ends.next = self.data_byte.q.val() == self.last_data_byte.val();
        for i in 0..self.slc.len() {
            self.slc[i].clock.next = self.clock.val();
            self.slc[i].sink.valid.next = self.sink.valid.val();
            self.slc[i].sink.data.next = self.sink.data.val();
            self.slc[i].sink.last.next = self.ends.val();
            self.slc[i].source.ready.next = self.source.ready.val();
            self.takes.next = self.slc[i].sink.ready.val();
            self.gives.next = self.slc[i].source.valid.val();
            self.gives_last.next = self.slc[i].source.last.val();
            self.source.data.next = self.slc[i].source.data.val();
        }
        for i in 0..self.emlc.len() {
            self.emlc[i].clock.next = self.clock.val();
            self.emlc[i].sink.valid.next = self.sink.valid.val();
            self.emlc[i].sink.data.next = self.sink.data.val();
            self.emlc[i].sink.last.next = self.ends.val();
            self.emlc[i].source.ready.next = self.source.ready.val();
            self.takes.next = self.emlc[i].sink.ready.val();
            self.gives.next = self.emlc[i].source.valid.val();
            self.gives_last.next = self.emlc[i].source.last.val();
            self.source.data.next = self.emlc[i].source.data.val();
        }
        self.sink.ready.next = self.takes.val();
        if self.sink.valid.val() & self.takes.val() {
            self.data_byte.d.next = self.data_byte.q.val() + 1;
            if self.ends.val() {
                self.data_byte.d.next = bits::<11>(0);
            }
        }

        self.source.valid.next = self.gives.val();
        self.source.last.next = self.gives_last.val() & (self.codeword.q.val() == self.last_codeword.val());
        if (self.gives.val() & self.source.ready.val()) & self.gives_last.val() {
            self.codeword.d.next = self.codeword.q.val() + 1;
            if self.codeword.q.val() == self.last_codeword.val() {
                self.codeword.d.next = bits::<4>(0);
            }
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[])
    }
}
