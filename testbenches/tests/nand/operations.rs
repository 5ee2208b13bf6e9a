//! Whole operations on pages and blocks.

use crate::bus::Bus;
use hardpath_sim::models::nand::{PageAddress, Parameter, status};

impl Bus {
    pub fn status(&mut self) -> u8 {
        self.run(self.cycles(Parameter::Wb));
        self.command(0x70);
        self.read_short(1)[0]
    }

    pub fn status_enhanced(&mut self, page: PageAddress) -> u8 {
        self.run(self.cycles(Parameter::Wb));
        self.command(0x78);
        let row = self.row(page);
        self.addresses(&row);
        self.read_short(1)[0]
    }

    /// Polls the status of a page's LUN until it is ready, and the array if `array`.
    pub fn poll(&mut self, page: PageAddress, array: bool) -> u8 {
        let mask = if array { status::READY | status::ARRAY_READY } else { status::READY };
        loop {
            let bits = self.status_enhanced(page);
            if bits & mask == mask {
                return bits;
            }
        }
    }

    pub fn row(&self, page: PageAddress) -> [u8; 3] {
        let row = self.lane.config().chip.geometry.row(page).to_le_bytes();
        [row[0], row[1], row[2]]
    }

    pub fn full_address(&self, page: PageAddress, column: usize) -> [u8; 5] {
        let (row, column) = (self.row(page), (column as u16).to_le_bytes());
        [column[0], column[1], row[0], row[1], row[2]]
    }

    /// Command, five addresses, data, confirmation; not waiting for it.
    pub fn load_program(&mut self, first: u8, page: PageAddress, column: usize, data: &[u8], last: u8) {
        self.command(first);
        let address = self.full_address(page, column);
        self.addresses(&address);
        if !data.is_empty() {
            self.write(data);
        }
        self.command(last);
    }

    /// Programs a page and waits; its status.
    pub fn program(&mut self, page: PageAddress, data: &[u8]) -> u8 {
        self.load_program(0x80, page, 0, data, 0x10);
        self.wait_ready();
        self.status()
    }

    pub fn begin_read(&mut self, page: PageAddress, column: usize, last: u8) {
        self.command(0x00);
        let address = self.full_address(page, column);
        self.addresses(&address);
        self.command(last);
    }

    /// Reads bytes of a page from a column on.
    pub fn read_page(&mut self, page: PageAddress, column: usize, count: usize) -> Vec<u8> {
        self.begin_read(page, column, 0x30);
        self.wait_ready();
        self.read(count)
    }

    pub fn begin_erase(&mut self, page: PageAddress, last: u8) {
        self.command(0x60);
        let row = self.row(page);
        self.addresses(&row);
        self.command(last);
    }

    /// Erases a block and waits; its status.
    pub fn erase(&mut self, page: PageAddress) -> u8 {
        self.begin_erase(page, 0xD0);
        self.wait_ready();
        self.status()
    }

    /// 05h, column, E0h.
    pub fn change_column(&mut self, column: usize) {
        let [low, high] = (column as u16).to_le_bytes();
        self.command(0x05);
        self.addresses(&[low, high]);
        self.command(0xE0);
    }

    /// 06h, address, E0h.
    pub fn change_plane(&mut self, page: PageAddress, column: usize) {
        self.command(0x06);
        let address = self.full_address(page, column);
        self.addresses(&address);
        self.command(0xE0);
    }
}
