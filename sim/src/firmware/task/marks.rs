//! Marks of the blocks that were bad when the chips were made.

use super::boot::Command;
use super::headers::{NO_LANE, ONE_LANE};
use super::{ControllerTask, LANES};
use crate::firmware::layout::{PLANES, RowAddress};
use hardpath_rtl::flash_controller::lane::LaneOperation;

/// Bytes read of a mark; the bus takes even columns and lengths.
const MARK_BYTES: u32 = 2;
/// A mark is FFh on good blocks. Single bits of it may be wrong.
const FEWEST_ZEROS: u32 = 4;

impl ControllerTask {
    /// Reads the mark in `column` of the first page of all blocks of dies that answer. All dies of all lanes sense at once; then
    /// one lane after the other transfers. What belongs to a row's stripes is written over; blocks that are bad never do.
    pub(super) async fn read_marks(&mut self, column: u32) {
        let layout = self.options.layout;
        for block in 0..layout.blocks {
            for plane in 0..PLANES {
                self.write("byte_lane", NO_LANE).await;
                let alive =
                    |lane: u32, unit: &u32| !self.retired.contains(&(unit % layout.groups, lane, unit / layout.groups));
                let units: Vec<Vec<u32>> = (0..LANES as u32)
                    .map(|lane| (0..layout.units()).filter(|unit| alive(lane, unit)).collect())
                    .collect();
                for (lane, units) in (0..).zip(&units) {
                    for &unit in units {
                        let (chip, die) = (unit % layout.groups, unit / layout.groups);
                        let read = Command {
                            operation: LaneOperation::Read,
                            planes: 1 << plane,
                            block,
                            column,
                            ..Command::default()
                        };
                        self.issue(Command { lane, chip, die, length: MARK_BYTES, slot: unit, ..read }).await;
                    }
                }
                for (lane, units) in (0..).zip(&units) {
                    self.write("byte_lane", ONE_LANE | lane).await;
                    for _ in units {
                        let Some((unit, mark)) = self.mark_of(lane).await else { continue };
                        if mark.count_zeros() >= FEWEST_ZEROS {
                            let row = RowAddress { group: unit % layout.groups, die: unit / layout.groups, block };
                            self.policy.mark_bad(row, 1 << lane & !self.policy.row(row).members);
                        }
                    }
                }
            }
        }
        self.write("byte_lane", 0).await;
        let bad = self.policy.rows().iter().filter(|row| row.bad != 0);
        let (rows, blocks) = bad.fold((0, 0), |(rows, blocks), row| (rows + 1, blocks + row.bad.count_ones()));
        self.processor.log(format!("{blocks} members of {rows} rows are marked bad"));
    }

    /// The next mark that a lane transfers, and the unit of its die; `None` if the die does not answer.
    async fn mark_of(&mut self, lane: u32) -> Option<(u32, u8)> {
        loop {
            if let Some(place) = self.early.iter().position(|early| *early == lane) {
                self.early.remove(place);
                return None;
            }
            match self.lane_event().await {
                Some(event) if event.lane == lane && !event.failed => {
                    let word = self.read("lane_word").await;
                    return Some((u32::from(event.tag & 15), word as u8));
                }
                // Reads that failed without a byte wait for no lane.
                Some(event) => self.early.push(event.lane),
                None => self.processor.sleep(self.processor.cycle() + 50).await,
            }
        }
    }
}
