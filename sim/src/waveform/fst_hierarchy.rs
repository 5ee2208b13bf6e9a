//! The hierarchy of an FST file: scopes, variables, names of enumeration states.

use super::fst_numbers::write_number;
use super::traced_design::{EnumTable, Role, Scope, ScopeKind, TracedDesign, View};
use hardpath_netlist::PortDirection;

const ATTRIBUTE_BEGIN: u8 = 252;
const SCOPE_BEGIN: u8 = 254;
const SCOPE_END: u8 = 255;
const ATTRIBUTE_MISCELLANEOUS: u8 = 0;
const ATTRIBUTE_ENUM_TABLE: u8 = 7;

const SCOPE_MODULE: u8 = 0;
const SCOPE_STRUCT: u8 = 6;

const VARIABLE_REG: u8 = 5;
const VARIABLE_WIRE: u8 = 16;
const DIRECTION_IMPLICIT: u8 = 0;
const DIRECTION_INPUT: u8 = 1;
const DIRECTION_OUTPUT: u8 = 2;

/// Everything that the file says about names.
pub(super) struct Hierarchy {
    /// Not compressed yet.
    pub bytes: Vec<u8>,
    /// Signals in the order of their handles, which is that of their first variables; the first handle is 1.
    pub order: Vec<usize>,
    pub scopes: u64,
    pub variables: u64,
}

impl Hierarchy {
    pub fn of(design: &TracedDesign) -> Self {
        let mut hierarchy = Self { bytes: Vec::new(), order: Vec::new(), scopes: 0, variables: 0 };
        for (index, table) in design.enums().iter().enumerate() {
            hierarchy.write_attribute(&enum_text(table), index as u64 + 1);
        }
        hierarchy.write_scope(design, &mut vec![None; design.signals().len()], design.top());
        hierarchy
    }

    fn write_scope(&mut self, design: &TracedDesign, handles: &mut [Option<u64>], scope: &Scope) {
        self.scopes += 1;
        let kind = match scope.kind {
            ScopeKind::Instance => SCOPE_MODULE,
            ScopeKind::Struct => SCOPE_STRUCT,
        };
        self.bytes.extend([SCOPE_BEGIN, kind]);
        self.write_text(&scope.name);
        self.write_text(&scope.component);
        for variable in &scope.variables {
            self.variables += 1;
            let signal = &design.signals()[variable.signal];
            if let View::Enum(table) = signal.view {
                self.write_attribute("", table as u64 + 1);
            }
            self.bytes.extend(match variable.role {
                Role::Port(PortDirection::Input) => [VARIABLE_WIRE, DIRECTION_INPUT],
                Role::Port(PortDirection::Output) => [VARIABLE_WIRE, DIRECTION_OUTPUT],
                Role::Register => [VARIABLE_REG, DIRECTION_IMPLICIT],
                Role::Connection | Role::Internal => [VARIABLE_WIRE, DIRECTION_IMPLICIT],
            });
            // The range is the format's way to tell the numbering of bits.
            match signal.width {
                1 => self.write_text(&variable.name),
                width => self.write_text(&format!("{} [{}:0]", variable.name, width - 1)),
            }
            write_number(&mut self.bytes, u64::from(signal.width));
            // Zero declares the next handle; anything else is an alias.
            write_number(&mut self.bytes, handles[variable.signal].unwrap_or(0));
            if handles[variable.signal].is_none() {
                self.order.push(variable.signal);
                handles[variable.signal] = Some(self.order.len() as u64);
            }
        }
        for inner in &scope.scopes {
            self.write_scope(design, handles, inner);
        }
        self.bytes.push(SCOPE_END);
    }

    /// With a text an attribute defines the enumeration of this number, without it refers to it.
    fn write_attribute(&mut self, text: &str, number: u64) {
        self.bytes.extend([ATTRIBUTE_BEGIN, ATTRIBUTE_MISCELLANEOUS, ATTRIBUTE_ENUM_TABLE]);
        self.write_text(text);
        write_number(&mut self.bytes, number);
    }

    fn write_text(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.push(0);
    }
}

/// Name, number of states, names, values in binary digits.
fn enum_text(table: &EnumTable) -> String {
    let width = table.width as usize;
    let values = (0..table.variants.len()).map(|value| format!("{value:0width$b}"));
    let mut words = vec![table.name.clone(), table.variants.len().to_string()];
    words.extend(table.variants.iter().cloned());
    words.extend(values);
    words.join(" ")
}
