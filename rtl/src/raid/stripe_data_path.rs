//! Writer, lane ports and reader of a striped array.

use rust_hdl::prelude::*;

use crate::circuit::circuit_info;
use crate::config::GeometryError;
use crate::raid::{LaneWriteSource, StripeReader, StripeWriter};
use crate::stream::{StreamSink, StreamSource};

/// The whole data path of a striped array with rotating parity: user data in, strips to and from the lanes, user data
/// out, with at most one lane failed.
///
/// The lanes lie outside. Each has a write port (strips with their stripe's number), a read-request port (stripe
/// numbers) and a read-data stream; the protocols are those of [`LaneWriteSource`] and [`StripeReader`]. Writing and
/// reading are independent; a strip must have been written before it is requested.
///
/// - Latency: write 3 cycles from `sink` to a lane; read 3 cycles from a lane to `source`.
/// - Throughput: 1 word per cycle in, and 1 word per cycle out, healthy or degraded; see [`StripeWriter`] and
///   [`StripeReader`] for what the lanes must do.
/// - Back-pressure: on every stream; `valid` of every output comes from registers.
/// - Limits: those of [`StripeWriter`] and [`StripeReader`]; one failed lane.
#[derive(LogicBlock)]
pub struct StripeDataPath<const W: usize, const A: usize> {
    /// Clock of all registers, rising edge.
    pub clock: Signal<In, Clock>,
    /// User data to write; `last` marks its end.
    pub sink: StreamSink<W>,
    /// User data read back; `last` marks the last word of the run.
    pub source: StreamSource<W>,
    /// Begins a read run while `read_busy` is low.
    pub read_start: Signal<In, Bit>,
    /// Strips to read; with 0, nothing begins.
    pub read_strip_count: Signal<In, Bits<32>>,
    /// A read run is under way.
    pub read_busy: Signal<Out, Bit>,
    /// A lane has failed.
    pub failed: Signal<In, Bit>,
    /// Number of the failed lane; meaningful while `failed` is high.
    pub failed_lane: Signal<In, Bits<4>>,
    /// Write ports of the lanes, by lane number.
    pub lane_writes: Vec<LaneWriteSource<W>>,
    /// Read requests to the lanes, by lane number: the word is the stripe's number, `last` is low.
    pub lane_requests: Vec<StreamSource<32>>,
    /// Strip words from the lanes, by lane number; `last` marks the last word of a strip.
    pub lane_reads: Vec<StreamSink<W>>,

    writer: StripeWriter<W, A>,
    reader: StripeReader<W>,
}

impl<const W: usize, const A: usize> StripeDataPath<W, A> {
    /// A data path for stripes of `data_lanes` data strips and one parity strip, each of `words_per_strip` words.
    ///
    /// # Errors
    /// If a parameter is out of the range that [`StripeWriter`] states.
    pub fn new(data_lanes: usize, words_per_strip: usize) -> Result<Self, GeometryError> {
        let writer = StripeWriter::new(data_lanes, words_per_strip)?;
        let reader = StripeReader::new(data_lanes)?;
        let lanes = data_lanes + 1;
        Ok(Self {
            clock: Default::default(),
            sink: Default::default(),
            source: Default::default(),
            read_start: Default::default(),
            read_strip_count: Default::default(),
            read_busy: Default::default(),
            failed: Default::default(),
            failed_lane: Default::default(),
            lane_writes: vec![Default::default(); lanes],
            lane_requests: vec![Default::default(); lanes],
            lane_reads: vec![Default::default(); lanes],
            writer,
            reader,
        })
    }

    /// Declares every input to be driven from outside, as a top level must be before it is elaborated.
    pub fn connect_inputs(&mut self) {
        self.clock.connect();
        self.sink.link_connect_dest();
        self.source.link_connect_dest();
        self.read_start.connect();
        self.read_strip_count.connect();
        self.failed.connect();
        self.failed_lane.connect();
        for lane in 0..self.lane_writes.len() {
            self.lane_writes[lane].link_connect_dest();
            self.lane_requests[lane].link_connect_dest();
            self.lane_reads[lane].link_connect_dest();
        }
    }
}

impl<const W: usize, const A: usize> Logic for StripeDataPath<W, A> {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, writer, reader);
        StreamSink::<W>::link(&mut self.sink, &mut self.writer.sink);
        StreamSource::<W>::link(&mut self.source, &mut self.reader.source);
        self.writer.failed.next = self.failed.val();
        self.writer.failed_lane.next = self.failed_lane.val();
        self.reader.failed.next = self.failed.val();
        self.reader.failed_lane.next = self.failed_lane.val();
        self.reader.start.next = self.read_start.val();
        self.reader.strip_count.next = self.read_strip_count.val();
        self.read_busy.next = self.reader.busy.val();
        for i in 0..self.lane_writes.len() {
            LaneWriteSource::<W>::link(&mut self.lane_writes[i], &mut self.writer.lanes[i]);
            StreamSource::<32>::link(&mut self.lane_requests[i], &mut self.reader.requests[i]);
            StreamSink::<W>::link(&mut self.lane_reads[i], &mut self.reader.lanes[i]);
        }
    }

    fn timing(&self) -> Vec<TimingInfo> {
        circuit_info::<Self>(&[("lanes", self.lane_writes.len() as u64)])
    }
}
