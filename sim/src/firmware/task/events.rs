//! What lanes and reads report, and what follows for the flash.

use super::{ControllerTask, DegradedRead, RetiredDie};
use crate::firmware::layout::{PLANES, RowAddress, StripeLocation};

/// Places of a plane that had to be reconstructed, or could not be programmed, before it is given up.
const DAMAGED_PLACES: usize = 3;
/// Dies of a chip that were given up before the chip is.
const LOST_DIES: usize = 3;
/// Tags of programs.
const PROGRAMS: u8 = 0xC0;

impl ControllerTask {
    /// Takes all events that wait.
    pub(super) async fn take_events(&mut self) {
        loop {
            let waiting = self.read("events").await;
            if waiting & 0b1_1101 == 0 {
                return;
            }
            if waiting & 1 != 0
                && let Some(event) = self.lane_event().await
            {
                if event.tag >= PROGRAMS {
                    self.on_program_failed(event.tag, event.lane);
                } else {
                    self.on_erase_event(event);
                }
            }
            if waiting & 4 != 0 {
                self.take_move_event().await;
            }
            if waiting & 8 != 0 {
                self.take_read_event().await;
            }
            if waiting & 16 != 0 {
                self.take_read_sample().await;
            }
        }
    }

    fn on_program_failed(&mut self, tag: u8, lane: u32) {
        self.report.borrow_mut().failed_programs += 1;
        for stripe in self.programmed_with(tag) {
            self.processor.log(format!("the program of {:?} failed on lane {lane}", stripe.location));
            self.policy.on_program_failed(stripe.location, 1 << lane);
            let StripeLocation { row, plane, page } = stripe.location;
            self.damage.entry((row.group, lane, row.die, plane)).or_default().insert((row.block, page));
        }
    }

    async fn take_read_event(&mut self) {
        let event = self.read("read_event").await;
        if event >> 31 == 0 {
            return;
        }
        let place = self.read("read_event_place").await;
        let cycle = self.processor.cycle();
        let lost = event >> 8 & 1 == 1;
        self.report.borrow_mut().degraded_reads.push(DegradedRead { cycle, tag: event as u8, lost });
        let (group, die, plane) = (place & 1, place >> 1 & 7, place >> 4 & 1);
        let (block, page, lane) = (place >> 5 & 0xFFF, place >> 17 & 0xFF, place >> 26 & 15);
        let row = RowAddress { group, die, block };
        if self.is_retired(group, lane, die) {
            return;
        }
        // What had to be reconstructed is moved to where it can be read again.
        self.policy.refresh(row);
        let damage = self.damage.entry((group, lane, die, plane)).or_default();
        damage.insert((block, page));
        if damage.len() >= DAMAGED_PLACES {
            self.retire_die(group, lane, die).await;
            let dies = self.retired_dies(group, lane);
            if dies >= LOST_DIES.min(self.options.layout.dies as usize) {
                self.retire_chip(group, lane).await;
            }
        }
    }

    fn retired_dies(&self, group: u32, lane: u32) -> usize {
        self.retired.iter().filter(|die| (die.0, die.1) == (group, lane)).count()
    }

    pub(super) fn is_retired(&self, group: u32, lane: u32, die: u32) -> bool {
        self.retired.contains(&(group, lane, die))
    }

    /// Reads of a die on a lane go to its stripes at once, and no stripe uses it any more.
    pub(super) async fn retire_die(&mut self, group: u32, lane: u32, die: u32) {
        if self.is_retired(group, lane, die) {
            return;
        }
        self.retired.insert((group, lane, die));
        let cycle = self.processor.cycle();
        for plane in 0..PLANES {
            self.write_table("plane", plane | die << 1 | group << 4).await;
            let failed = self.read_table("plane_failed").await;
            self.write_table("plane_failed", failed | 1 << lane).await;
        }
        self.policy.retire_plane(group, lane, die);
        self.report.borrow_mut().retired.push(RetiredDie { group, lane, die, cycle });
        self.processor.log(format!("die {die} of chip {group} on lane {lane} is retired"));
        if self.policy.has_losses() {
            self.evacuating.get_or_insert(cycle);
        }
    }

    /// All dies of a chip.
    pub(super) async fn retire_chip(&mut self, group: u32, lane: u32) {
        for die in 0..self.options.layout.dies {
            self.retire_die(group, lane, die).await;
        }
    }
}
