//! What is saved when power fails, while the battery lasts.

use super::{ControllerTask, page_status, status};
use crate::firmware::image::{TableImage, stripes_of};
use crate::firmware::processor::FirmwareResult;
use crate::firmware::row::RowState;

/// Entries of the tables read between two looks at the events.
const LOOK: u32 = 256;
/// Programs after which a page that the buffer does not take has no room.
const PATIENCE: u64 = 20;

impl ControllerTask {
    /// Power has failed: nothing of host and mover goes to the buffer any more. What is in it is saved, then the tables.
    pub(super) async fn destage(&mut self) -> FirmwareResult {
        self.writes_allowed = false;
        self.write("control", 0).await;
        self.save_buffer().await;
        self.processor.log("everything acknowledged is on flash");
        let pages = self.save_tables().await;
        self.save_buffer().await;
        self.report.borrow_mut().destaged = Some(self.processor.cycle());
        match pages {
            Some(pages) => self.processor.log(format!("the tables are on flash, {pages} pages")),
            None => self.processor.log("no room for the tables"),
        }
        Ok(())
    }

    /// Closes the open stripe, again and again while a page that went to the buffer before has no place, as pages wait for a
    /// free part. When that closes no stripe any more for the time of a program, everything that was in the buffer is on flash,
    /// and in its place in the page map. No block is being erased.
    async fn save_buffer(&mut self) {
        let mut begun = None;
        loop {
            self.take_events().await;
            self.open_stripes().await;
            match self.status().await & (status::FLUSHING | status::UNPLACED) {
                0 if self.erases.under_way() => {}
                0 => {
                    let now = self.read("stripes_begun").await;
                    if begun == Some(now) {
                        break;
                    }
                    begun = Some(now);
                    self.write("flush", 0).await;
                    self.programs_end().await;
                }
                status::UNPLACED => self.write("flush", 0).await,
                _ => {}
            }
        }
    }

    /// The lanes have all bytes; the dies may still be at their programs.
    async fn programs_end(&mut self) {
        let programmed = self.processor.cycle() + self.options.longest_program;
        while self.processor.cycle() < programmed {
            self.take_events().await;
            self.processor.sleep(programmed).await;
        }
    }

    /// Writes the tables to flash, as they are while nothing changes any more; how many pages they took, or none if the flash
    /// has no room for them.
    async fn save_tables(&mut self) -> Option<usize> {
        let image = self.table_image().await;
        let pages = image.pages();
        for (number, page) in (self.options.first_firmware_page..).zip(&pages) {
            if !self.save_page(number, page).await {
                return None;
            }
        }
        Some(pages.len())
    }

    /// The tables as hardware and firmware hold them.
    async fn table_image(&mut self) -> TableImage {
        let layout = self.options.layout;
        let number = self.policy.next_sequence();
        let mut map = Vec::new();
        self.write("map_page", 0).await;
        for page in 0..self.options.logical_pages {
            map.push(self.read("map_next").await);
            if page % LOOK == 0 {
                self.take_events().await;
            }
        }
        let mut stripes = Vec::new();
        for index in 0..layout.rows() {
            self.take_events().await;
            let holds = !matches!(self.policy.rows()[index].state, RowState::Free | RowState::Erasing);
            for stripe in stripes_of(&layout, layout.row(index)) {
                if holds && stripe.page < self.policy.rows()[index].next_page {
                    self.write("stripe_index", self.options.stripe_index(stripe)).await;
                    let entry = self.read("stripe_entry").await;
                    stripes.push((self.read("stripe_entry_sequence").await, entry));
                } else {
                    stripes.push((0, 0));
                }
            }
        }
        let (rows, healthy) = (self.policy.rows().to_vec(), self.policy.healthy_lanes().to_vec());
        TableImage { number, map, stripes, rows, healthy }
    }

    /// Gives a page to the buffer as soon as it has room.
    async fn save_page(&mut self, number: u32, words: &[u32]) -> bool {
        self.write_page("page_write", number).await;
        let latest = self.processor.cycle() + PATIENCE * self.options.longest_program;
        while self.read_page("page_status").await & page_status::TAKES_BYTES == 0 {
            if self.processor.cycle() > latest {
                return false;
            }
            self.take_events().await;
            self.open_stripes().await;
        }
        for word in words {
            self.write_page("page_word", *word).await;
        }
        while self.read_page("page_status").await & page_status::UNDER_WAY != 0 {
            self.take_events().await;
            self.open_stripes().await;
        }
        true
    }
}
