//! Elaboration of live rust-hdl circuits into one checked netlist.
//!
//! [`elaborate`] walks a connected circuit, executes every kernel symbolically and returns a [`Design`]: a set of distinct
//! [`Circuit`]s (identical instances share one) that the Verilog emitter and the cycle engine both read. Nothing here knows
//! Verilog syntax or machine code.
//!
//! ```text
//! rust-hdl blocks --inspect--> module tree --kernel--> typed statements + resolved values --check--> Design
//! ```

pub mod check;
pub mod constant;
pub mod design;
mod elaborate;
pub mod error;
mod inspect;
mod kernel;
mod naming;
mod primitive;
pub mod value;

pub use constant::Constant;
pub use design::{
    Circuit, CircuitId, Connection, Design, EnumType, Instance, Memory, Net, NetId, NetKind, NetType, PortDirection,
    ReadPort, Register, Statement, WritePort,
};
pub use elaborate::{AtomAddress, Elaboration, elaborate};
pub use error::{Error, Result};
pub use value::{Operation, ValueArena, ValueId};
