//! What garbage collection costs: a flash translation layer that only counts.
//!
//! Rows of blocks in dies; host pages and moved pages are written in turn to the open rows, a pair of stripes to a die, then to
//! the next die. While no more rows are free than the reserve, the closed row with the fewest valid pages is emptied and
//! erased, the oldest of several.

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
        if self.in_pair == self.size.pages_per_pair {
            self.in_pair = 0;
            self.die = (self.die + 1) % self.size.dies;
        }
        let row = loop {
            match self.open[self.die].or_else(|| self.open_row()) {
                Some(row) => break row,
                None => self.die = (self.die + 1) % self.size.dies,
            }
        };
        if let Some(old) = self.row_of_page[page].replace(row) {
            self.rows[old].valid -= 1;
        }
        self.all_writes += 1;
        self.in_pair += 1;
        self.rows[row].written.push(page);
        self.rows[row].valid += 1;
        if self.rows[row].written.len() == self.size.pairs_per_row * self.size.pages_per_pair {
            self.rows[row].closed = true;
            self.open[self.die] = None;
        }
    }

    fn open_row(&mut self) -> Option<usize> {
        let first = self.die * self.size.rows_per_die;
        let row = (first..first + self.size.rows_per_die).find(|row| self.rows[*row].opened == 0)?;
        self.openings += 1;
        self.rows[row].opened = self.openings;
        self.open[self.die] = Some(row);
        Some(row)
    }
}
