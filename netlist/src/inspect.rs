//! The module tree of a live circuit, collected through rust-hdl's `Probe`.

use crate::constant::Constant;
use crate::elaborate::AtomAddress;
use crate::error::{Error, Result};
use num_bigint::BigUint;
use rust_hdl::core::ast::Verilog;
use rust_hdl::core::atom::{Atom, AtomKind};
use rust_hdl::core::block::Block;
use rust_hdl::core::probe::Probe;
use rust_hdl::core::timing::TimingInfo;
use rust_hdl::core::type_descriptor::{TypeDescriptor, TypeKind};

/// One block of the live circuit.
pub(crate) struct BlockNode {
    /// Field name; array elements as `lane$3`.
    pub name: String,
    pub atoms: Vec<AtomNode>,
    pub children: Vec<BlockNode>,
    pub kernel: Verilog,
    pub timing: Vec<TimingInfo>,
}

/// One signal or constant of a block.
pub(crate) struct AtomNode {
    /// Field path joined by `$`.
    pub name: String,
    pub kind: AtomKind,
    pub width: u32,
    pub descriptor: TypeDescriptor,
    /// Value of a constant.
    pub constant: Option<Constant>,
    pub address: AtomAddress,
}

#[derive(Default)]
struct Collector {
    stack: Vec<(BlockNode, Vec<String>)>,
    root: Option<BlockNode>,
    error: Option<Error>,
}

impl Collector {
    fn path(&self) -> String {
        self.stack.iter().map(|(node, _)| node.name.as_str()).collect::<Vec<_>>().join(".").replace('$', "_")
    }
}

impl Probe for Collector {
    fn visit_start_scope(&mut self, name: &str, node: &dyn Block) {
        let node = BlockNode {
            name: name.to_owned(),
            atoms: vec![],
            children: vec![],
            kernel: node.hdl(),
            timing: node.timing(),
        };
        self.stack.push((node, vec![]));
    }

    fn visit_start_namespace(&mut self, name: &str, _node: &dyn Block) {
        if let Some((_, namespace)) = self.stack.last_mut() {
            namespace.push(name.to_owned());
        }
    }

    fn visit_atom(&mut self, name: &str, signal: &dyn Atom) {
        let path = self.path();
        let Some((node, namespace)) = self.stack.last_mut() else { return };
        let name = namespace.iter().map(String::as_str).chain([name]).collect::<Vec<_>>().join("$");
        if signal.bits() == 0 {
            self.error.get_or_insert(Error::Unsupported {
                path,
                construct: format!("`{name}` of type {} has no bits", signal.descriptor().name),
                instead: "give an enum at least two variants, and Bits at least one bit".into(),
            });
            return;
        }
        let width = signal.bits() as u32;
        let constant = (signal.kind() == AtomKind::Constant)
            .then(|| parse_literal(&signal.verilog().to_string()).map(|value| Constant::new(width, value)))
            .flatten();
        node.atoms.push(AtomNode {
            name,
            kind: signal.kind(),
            width,
            descriptor: signal.descriptor(),
            constant,
            address: AtomAddress { address: std::ptr::from_ref(signal).cast::<()>() as usize, id: signal.id() },
        });
    }

    fn visit_end_namespace(&mut self, _name: &str, _node: &dyn Block) {
        if let Some((_, namespace)) = self.stack.last_mut() {
            namespace.pop();
        }
    }

    fn visit_end_scope(&mut self, _name: &str, _node: &dyn Block) {
        if let Some((node, _)) = self.stack.pop() {
            match self.stack.last_mut() {
                Some((parent, _)) => parent.children.push(node),
                None => self.root = Some(node),
            }
        }
    }
}

/// Collects the module tree below `top`.
pub(crate) fn inspect(top: &dyn Block) -> Result<BlockNode> {
    let mut collector = Collector::default();
    top.accept("top", &mut collector);
    if let Some(error) = collector.error {
        return Err(error);
    }
    collector.root.ok_or_else(|| Error::Unsupported {
        path: "top".into(),
        construct: "the top is a signal, an interface or an array".into(),
        instead: "elaborate a block (#[derive(LogicBlock)])".into(),
    })
}

/// The value of a literal in rust-hdl's notation: `8'hff`, `5'b101`.
pub(crate) fn parse_literal(text: &str) -> Option<BigUint> {
    let (_, digits) = text.trim().split_once('\'')?;
    let (radix, digits) = match digits.as_bytes().first()? {
        b'h' => (16, &digits[1..]),
        b'b' => (2, &digits[1..]),
        b'd' => (10, &digits[1..]),
        _ => return None,
    };
    BigUint::parse_bytes(digits.as_bytes(), radix)
}

/// Whether a type is two's complement.
pub(crate) fn is_signed(descriptor: &TypeDescriptor) -> bool {
    matches!(descriptor.kind, TypeKind::Signed(_))
}

/// Width of a type in bits.
pub(crate) fn type_width(descriptor: &TypeDescriptor) -> u32 {
    match &descriptor.kind {
        TypeKind::Bits(width) | TypeKind::Signed(width) => *width as u32,
        TypeKind::Enum(variants) => variants.len().next_power_of_two().trailing_zeros(),
        TypeKind::Composite(fields) => fields.iter().map(|field| type_width(&field.kind)).sum(),
    }
}
