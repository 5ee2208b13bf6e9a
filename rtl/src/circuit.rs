//! What a circuit tells tools that see it as `&dyn Block`: its type, run-time parameters, documentation, memory
//! promises.
//!
//! [`Logic::timing`](rust_hdl::prelude::Logic::timing) is the one method of a rust-hdl block that returns free text and
//! that nothing in its simulation reads, so it carries the information.

use rust_hdl::prelude::TimingInfo;

/// Name of the entry written by [`circuit_info`].
pub const CIRCUIT_INFO: &str = "hardpath.circuit";

/// Name of the entry written by [`no_collision`].
pub const NO_COLLISION: &str = "hardpath.no_collision";

/// Doc comments by path inside this crate, sorted by path.
const DOCUMENTATION: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/documentation.rs"));

/// The entry by which the block `T` names itself: `clock` is its type name with const generics, `inputs` its run-time
/// `parameters` as `key=value`, `outputs` one text, the doc comment of the struct (empty for types of other crates).
///
/// Parameters given at compile time are in the type name and are not repeated.
pub fn circuit_info<T: ?Sized>(parameters: &[(&str, u64)]) -> Vec<TimingInfo> {
    let type_name = std::any::type_name::<T>();
    vec![TimingInfo {
        name: CIRCUIT_INFO.to_owned(),
        clock: type_name.to_owned(),
        inputs: parameters.iter().map(|(key, value)| format!("{key}={value}")).collect(),
        outputs: vec![documentation(type_name).to_owned()],
    }]
}

/// The promise that each memory named in `memories` (fields of the block) is never read at the address being written in
/// the same cycle, or that such a read is never used. A tool may then leave out the logic that would define its result.
pub fn no_collision(memories: &[&str]) -> TimingInfo {
    TimingInfo {
        name: NO_COLLISION.to_owned(),
        clock: "clock".to_owned(),
        inputs: memories.iter().map(|&memory| memory.to_owned()).collect(),
        outputs: vec![],
    }
}

/// Doc comment of the struct with this type name, as written in the source without its slashes.
fn documentation(type_name: &str) -> &'static str {
    let path = type_name.split('<').next().unwrap_or(type_name);
    let Some(path) = path.strip_prefix(concat!(env!("CARGO_CRATE_NAME"), "::")) else {
        return "";
    };
    DOCUMENTATION.binary_search_by_key(&path, |&(known, _)| known).map_or("", |index| DOCUMENTATION[index].1)
}
