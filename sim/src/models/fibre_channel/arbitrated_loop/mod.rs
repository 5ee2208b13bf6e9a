//! Hosts in a loop, word by word.

mod initialization;
mod looped_hosts;
mod port;

pub use initialization::loop_addresses;
pub use looped_hosts::LoopedHosts;
pub use port::{LoopPort, LoopPortState};
