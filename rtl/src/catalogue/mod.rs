//! Every block that can be generated on its own, by name.

mod controller;
mod ecc;
mod fibre_channel;
mod flash_lane;
mod interface_card;
mod lane;
mod line;
mod raid;
mod stream;
mod tables;
mod write_buffer;

use std::sync::LazyLock;

use rust_hdl::prelude::*;
use thiserror::Error;

use crate::config::GeometryError;
use crate::flash_controller::FlashControllerError;
use crate::flash_controller::lane::LaneConfigError;

/// A block's default parameters are out of its range.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CatalogueError {
    /// A block of a striped array.
    #[error(transparent)]
    Geometry(#[from] GeometryError),
    /// A block of a flash lane.
    #[error(transparent)]
    Lane(#[from] LaneConfigError),
    /// A controller.
    #[error(transparent)]
    Controller(#[from] FlashControllerError),
}

/// One block of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct CatalogueEntry {
    /// Name of the block in snake case.
    pub name: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    build: fn() -> Result<Box<dyn Block>, CatalogueError>,
}

impl CatalogueEntry {
    /// The block with its default parameters (9 data lanes, 4 KB strips, 64-bit words), connected: its inputs count as
    /// driven from outside.
    ///
    /// # Errors
    /// If the default parameters are out of the block's range.
    pub fn build(&self) -> Result<Box<dyn Block>, CatalogueError> {
        (self.build)()
    }
}

/// The entry with this name.
pub fn find(name: &str) -> Option<&'static CatalogueEntry> {
    CATALOGUE.iter().find(|entry| entry.name == name)
}

/// Every block that can be generated, in data-flow order.
pub static CATALOGUE: LazyLock<Vec<CatalogueEntry>> = LazyLock::new(|| {
    [
        stream::ENTRIES,
        line::ENTRIES,
        fibre_channel::ENTRIES,
        interface_card::ENTRIES,
        raid::ENTRIES,
        tables::ENTRIES,
        lane::ENTRIES,
        ecc::ENTRIES,
        write_buffer::ENTRIES,
        controller::ENTRIES,
        flash_lane::ENTRIES,
    ]
    .concat()
});

fn connected(mut block: impl Block + 'static) -> Box<dyn Block> {
    block.connect_all();
    Box::new(block)
}

/// Declares inputs to be driven from outside.
fn connect_signals<T: Synth>(signals: &mut [Signal<In, T>]) {
    for signal in signals {
        signal.connect();
    }
}

/// Declares the inputs of ports to be driven from outside.
fn connect_ports<P: LogicLink>(ports: &mut [P]) {
    for port in ports {
        port.link_connect_dest();
    }
}
