//! What garbage collection costs: a flash translation layer that only counts.
//!
//! Rows of blocks in dies; host pages and moved pages are written in turn to the open rows, a pair of stripes to a die, then to
//! the next die. Pairs are opened ahead of need. While no more rows are free than the reserve, the closed row with the fewest
//! valid pages is emptied and erased, the oldest of several.

use std::collections::VecDeque;

/// Sizes of the device.
#[derive(Clone, Copy, Debug)]
pub struct DeviceSize {
    /// Dies that rows lie in.
    pub dies: usize,
    /// Rows of a die.
    pub rows_per_die: usize,
    /// Stripe pairs of a row.
    pub pairs_per_row: usize,
    /// Logical pages of a stripe pair.
    pub pages_per_pair: usize,
    /// Pairs opened ahead of the one that is filled.
    pub pairs_ahead: usize,
    /// Logical pages.
    pub logical_pages: usize,
    /// Free rows kept for moves.
    pub reserve: usize,
}

#[derive(Clone, Debug, Default)]
struct CountedRow {
    written: Vec<usize>,
    valid: usize,
    opened: u64,
    pairs: usize,
    closed: bool,
}

/// The counts.
#[derive(Clone, Debug)]
pub struct FlashTranslation {
    size: DeviceSize,
    rows: Vec<CountedRow>,
    row_of_page: Vec<Option<usize>>,
    open: Vec<Option<usize>>,
    die: usize,
    /// Rows of the pairs that are open; the first is being filled.
    pairs: VecDeque<usize>,
    in_pair: usize,
    openings: u64,
    host_writes: u64,
    all_writes: u64,
}

impl FlashTranslation {
    /// All rows erased.
    pub fn new(size: DeviceSize) -> Self {
        Self {
            size,
            rows: vec![CountedRow::default(); size.dies * size.rows_per_die],
            row_of_page: vec![None; size.logical_pages],
            open: vec![None; size.dies],
            die: 0,
            pairs: VecDeque::new(),
            in_pair: 0,
            openings: 0,
            host_writes: 0,
            all_writes: 0,
        }
    }

    /// The host writes a page.
    pub fn write(&mut self, page: usize) {
        while self.free() <= self.size.reserve {
            self.collect();
        }
        self.host_writes += 1;
        self.place(page);
    }

    /// Pages written to flash for each page that the host wrote, since the last call.
    pub fn take_write_amplification(&mut self) -> f64 {
        let amplification = self.all_writes as f64 / self.host_writes as f64;
        (self.host_writes, self.all_writes) = (0, 0);
        amplification
    }

    fn free(&self) -> usize {
        self.rows.iter().filter(|row| row.opened == 0).count()
    }

    fn collect(&mut self) {
        let closed = (0..self.rows.len()).filter(|row| self.rows[*row].closed);
        let victim = closed.min_by_key(|row| (self.rows[*row].valid, self.rows[*row].opened)).expect("a closed row");
        for page in std::mem::take(&mut self.rows[victim].written) {
            if self.row_of_page[page] == Some(victim) {
                self.place(page);
            }
        }
        self.rows[victim] = CountedRow::default();
    }

    fn place(&mut self, page: usize) {
        while self.pairs.len() <= self.size.pairs_ahead && self.open_pair() {}
        let row = *self.pairs.front().expect("room for a page");
        if let Some(old) = self.row_of_page[page].replace(row) {
            self.rows[old].valid -= 1;
        }
        self.all_writes += 1;
        self.in_pair += 1;
        self.rows[row].written.push(page);
        self.rows[row].valid += 1;
        if self.in_pair == self.size.pages_per_pair {
            self.in_pair = 0;
            self.pairs.pop_front();
        }
        self.rows[row].closed = self.rows[row].written.len() == self.size.pairs_per_row * self.size.pages_per_pair;
    }

    /// Opens a pair in the next die that has room.
    fn open_pair(&mut self) -> bool {
        for _ in 0..self.size.dies {
            let die = self.die;
            self.die = (die + 1) % self.size.dies;
            if let Some(row) = self.open[die].or_else(|| self.open_row(die)) {
                self.rows[row].pairs += 1;
                let is_full = self.rows[row].pairs == self.size.pairs_per_row;
                self.open[die] = (!is_full).then_some(row);
                self.pairs.push_back(row);
                return true;
            }
        }
        false
    }

    fn open_row(&mut self, die: usize) -> Option<usize> {
        let first = die * self.size.rows_per_die;
        let row = (first..first + self.size.rows_per_die).find(|row| self.rows[*row].opened == 0)?;
        self.openings += 1;
        self.rows[row].opened = self.openings;
        Some(row)
    }
}
