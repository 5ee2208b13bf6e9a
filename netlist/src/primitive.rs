//! Recognises rust-hdl's primitives by what a `dyn Block` shows: timing names, port names and the text of its Verilog.

use crate::constant::Constant;
use crate::error::{Error, Result};
use crate::inspect::{AtomNode, BlockNode, parse_literal};
use num_traits::ToPrimitive;
use rust_hdl::core::ast::Verilog;
use std::collections::BTreeMap;

/// A block that becomes a register or a memory of its parent.
#[derive(Debug)]
pub(crate) enum Primitive {
    /// `DFF` or `DFFWithInit`.
    Register { initial: Constant },
    /// `RAM`.
    Ram { initial: BTreeMap<u64, Constant> },
    /// `SyncROM`.
    ClockedRom { initial: BTreeMap<u64, Constant> },
    /// `ROM`.
    Rom { initial: BTreeMap<u64, Constant> },
}

impl BlockNode {
    pub fn atom(&self, name: &str) -> Option<&AtomNode> {
        self.atoms.iter().find(|atom| atom.name == name)
    }

    fn has_atoms(&self, names: &[&str]) -> bool {
        self.atoms.len() == names.len() && names.iter().all(|name| self.atom(name).is_some())
    }

    fn has_timing(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.timing.iter().any(|info| info.name == *name))
    }
}

/// The primitive a block is, or `None` for an ordinary block with a kernel.
pub(crate) fn recognise(node: &BlockNode, path: &str) -> Result<Option<Primitive>> {
    let Verilog::Custom(text) = &node.kernel else {
        return register_with_initial_value(node, path);
    };
    if !node.children.is_empty() {
        return Err(unknown(path));
    }
    if node.has_timing(&["dff"]) && node.has_atoms(&["d", "q", "clock"]) {
        let initial = literal_after(text, "q = ").ok_or_else(|| unknown(path))?;
        let width = node.atoms[0].width;
        return Ok(Some(Primitive::Register { initial: Constant::new(width, initial) }));
    }
    if node.has_timing(&["ram_read", "ram_write"])
        && node.has_atoms(&[
            "read_address",
            "read_clock",
            "read_data",
            "write_address",
            "write_clock",
            "write_data",
            "write_enable",
        ])
    {
        let initial = contents(text, width_of(node, "read_data"), path, "mem[", "] = ")?;
        return Ok(Some(Primitive::Ram { initial }));
    }
    if node.has_timing(&["sync_rom"]) && node.has_atoms(&["address", "clock", "data"]) {
        let initial = contents(text, width_of(node, "data"), path, "mem[", "] = ")?;
        return Ok(Some(Primitive::ClockedRom { initial }));
    }
    if node.has_atoms(&["address", "data"]) && text.trim_start().starts_with("always @*\ncase (address)") {
        let initial = contents(text, width_of(node, "data"), path, "", ": data = ")?;
        return Ok(Some(Primitive::Rom { initial }));
    }
    Err(unknown(path))
}

fn width_of(node: &BlockNode, port: &str) -> u32 {
    node.atom(port).map_or(1, |atom| atom.width)
}

fn unknown(path: &str) -> Error {
    Error::Unsupported {
        path: path.to_owned(),
        construct: "hand-written Verilog that is no known primitive".into(),
        instead: "use DFF, DFFWithInit, RAM, ROM, SyncROM or an #[hdl_gen] kernel".into(),
    }
}

/// `DFFWithInit` is a block of its own: a zero-initialised flip-flop between two exclusive ors with the initial value.
fn register_with_initial_value(node: &BlockNode, path: &str) -> Result<Option<Primitive>> {
    let Verilog::Combinatorial(statements) = &node.kernel else { return Ok(None) };
    if !node.has_atoms(&["d", "q", "clock", "init"]) || node.children.len() != 1 || node.children[0].name != "dff" {
        return Ok(None);
    }
    let text = format!("{statements:?}");
    let is_the_widget = statements.len() == 3
        && [
            r#"Assignment(Signal("dff$clock$next"), Signal("clock"))"#,
            r#"Assignment(Signal("q$next"), Binary(Signal("dff$q"), BitXor, Signal("init")))"#,
            r#"Assignment(Signal("dff$d$next"), Binary(Signal("d"), BitXor, Signal("init")))"#,
        ]
        .iter()
        .all(|statement| text.contains(statement));
    let Some(Primitive::Register { initial: zero }) = recognise(&node.children[0], path)? else { return Ok(None) };
    match node.atom("init").and_then(|atom| atom.constant.clone()) {
        Some(initial) if is_the_widget && zero.is_zero() => Ok(Some(Primitive::Register { initial })),
        _ => Ok(None),
    }
}

fn literal_after(text: &str, marker: &str) -> Option<num_bigint::BigUint> {
    let rest = &text[text.find(marker)? + marker.len()..];
    parse_literal(rest.split(';').next()?)
}

/// Reads `<before><address literal><between><data literal>;` from every line that has this form.
fn contents(text: &str, width: u32, path: &str, before: &str, between: &str) -> Result<BTreeMap<u64, Constant>> {
    let mut words = BTreeMap::new();
    for line in text.lines() {
        let Some((address, data)) = line.trim().split_once(between) else { continue };
        let Some(address) = address.strip_prefix(before) else { continue };
        if address == "default" {
            continue;
        }
        let address = parse_literal(address).and_then(|value| value.to_u64());
        let data = parse_literal(data.trim_end_matches(';'));
        let (Some(address), Some(data)) = (address, data) else { return Err(unknown(path)) };
        let data = Constant::new(width, data);
        if !data.is_zero() {
            words.insert(address, data);
        }
    }
    Ok(words)
}
