//! What a chip keeps without power, written to and read from a file.
//!
//! All numbers are 64-bit little-endian: magic, geometry (6), time, blocks (count; LUN, block, erases, next page, reads,
//! flags), pages (count; row, programs, time, interrupted, length, bytes). Injected failures are not part of it.

use super::flash_array::{BlockRecord, FlashArray, StoredPage};
use super::geometry::{BlockAddress, PageAddress};
use std::io::{self, Read, Write};

const MAGIC: u64 = u64::from_le_bytes(*b"nandpag1");

impl FlashArray {
    /// Writes contents and wear as they are `nanoseconds` after the simulation began.
    pub(super) fn save(&self, nanoseconds: u64, writer: &mut impl Write) -> io::Result<()> {
        put(writer, &[MAGIC])?;
        put(writer, &self.shape())?;
        put(writer, &[self.aged_nanoseconds + nanoseconds, self.blocks.len() as u64])?;
        let mut blocks: Vec<_> = self.blocks.iter().collect();
        blocks.sort_by_key(|(address, _)| **address);
        for (address, record) in blocks {
            let flags = u64::from(record.interrupted) | u64::from(record.worn_out) << 1;
            let [lun, block] = [address.lun, address.block].map(u64::from);
            put(writer, &[lun, block, record.erases.into(), record.next_page.into(), record.reads, flags])?;
        }
        put(writer, &[self.pages.len() as u64])?;
        let mut pages: Vec<_> = self.pages.iter().collect();
        pages.sort_by_key(|(address, _)| **address);
        for (address, page) in pages {
            let row = u64::from(self.config.geometry.row(*address));
            let length = page.data.len() as u64;
            put(writer, &[row, page.programs.into(), page.nanoseconds, page.interrupted.into(), length])?;
            writer.write_all(&page.data)?;
        }
        Ok(())
    }

    /// Reads contents and wear in place of what there is.
    pub(super) fn load(&mut self, reader: &mut impl Read) -> io::Result<()> {
        let malformed = |problem: String| io::Error::new(io::ErrorKind::InvalidData, problem);
        if get::<1>(reader)? != [MAGIC] {
            return Err(malformed("not the contents of a flash chip".to_owned()));
        }
        let shape = get::<6>(reader)?;
        if shape != self.shape() {
            return Err(malformed(format!("contents of a chip of {shape:?} for one of {:?}", self.shape())));
        }
        let geometry = self.config.geometry;
        let [aged, block_count] = get(reader)?;
        let mut blocks = Vec::new();
        for _ in 0..block_count {
            let [lun, block, erases, next_page, reads, flags] = get(reader)?;
            let address = BlockAddress { lun: lun as u32, block: block as u32 };
            if !geometry.contains_block(address) || next_page > u64::from(geometry.pages_per_block) {
                return Err(malformed(format!("LUN {lun}, block {block}, next page {next_page} do not exist")));
            }
            let (interrupted, worn_out) = (flags & 1 == 1, flags & 2 == 2);
            let (erases, next_page) = (erases as u32, next_page as u32);
            blocks.push((address, BlockRecord { erases, next_page, reads, interrupted, worn_out }));
        }
        let [page_count] = get(reader)?;
        let mut pages = Vec::new();
        for _ in 0..page_count {
            let [row, programs, nanoseconds, interrupted, length] = get(reader)?;
            let address: PageAddress = geometry.page_of_row(row as u32);
            if !geometry.contains(address) || length > geometry.column_count() as u64 {
                return Err(malformed(format!("row {row} with {length} bytes does not exist")));
            }
            let mut data = vec![0; length as usize];
            reader.read_exact(&mut data)?;
            let (programs, interrupted) = (programs as u8, interrupted == 1);
            pages.push((address, StoredPage { data, programs, nanoseconds, interrupted }));
        }
        self.aged_nanoseconds = aged;
        self.blocks = blocks.into_iter().collect();
        self.pages = pages.into_iter().collect();
        Ok(())
    }

    fn shape(&self) -> [u64; 6] {
        let geometry = &self.config.geometry;
        [
            geometry.luns,
            geometry.planes,
            geometry.blocks_per_plane,
            geometry.pages_per_block,
            geometry.page_bytes,
            geometry.spare_bytes,
        ]
        .map(u64::from)
    }
}

fn put(writer: &mut impl Write, numbers: &[u64]) -> io::Result<()> {
    numbers.iter().try_for_each(|number| writer.write_all(&number.to_le_bytes()))
}

fn get<const COUNT: usize>(reader: &mut impl Read) -> io::Result<[u64; COUNT]> {
    let mut numbers = [0; COUNT];
    for number in &mut numbers {
        let mut bytes = [0; 8];
        reader.read_exact(&mut bytes)?;
        *number = u64::from_le_bytes(bytes);
    }
    Ok(numbers)
}
