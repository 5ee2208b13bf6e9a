//! What passes over the line, as a file that network analysers read.

use crate::models::fibre_channel::LineFrame;
use pcap_file::pcap::{PcapHeader, PcapPacket, PcapWriter};
use pcap_file::{DataLink, Endianness, TsResolution};
use std::io::Write;
use std::time::Duration;

/// Link type of Fibre Channel frames with their delimiters.
const FC_2_WITH_FRAME_DELIMS: u32 = 225;
/// Bytes of the longest frame with all around it.
const LONGEST: u32 = 4 + 24 + 2112 + 4 + 4;

/// A pcap file of link type 225: SOF, header, payload, CRC, EOF; times in simulated nanoseconds.
pub struct Capture {
    writer: PcapWriter<Box<dyn Write>>,
}

impl Capture {
    /// Begins the file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn new(file: impl Write + 'static) -> anyhow::Result<Self> {
        let header = PcapHeader {
            datalink: DataLink::from(FC_2_WITH_FRAME_DELIMS),
            ts_resolution: TsResolution::NanoSecond,
            snaplen: LONGEST,
            endianness: Endianness::Little,
            ..PcapHeader::default()
        };
        Ok(Self { writer: PcapWriter::with_header(Box::new(file) as Box<dyn Write>, header)? })
    }

    /// A frame that passed at this time.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&mut self, picoseconds: u64, frame: &LineFrame) -> anyhow::Result<()> {
        let bytes = [frame.start.as_slice(), &frame.bytes, &frame.crc, &frame.end].concat();
        let packet = PcapPacket::new(Duration::from_nanos(picoseconds / 1000), bytes.len() as u32, &bytes);
        self.writer.write_packet(&packet)?;
        Ok(())
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(self) -> anyhow::Result<()> {
        Ok(self.writer.into_writer().flush()?)
    }
}
