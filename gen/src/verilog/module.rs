//! One circuit as one module.

use super::expression::{Expressions, part_select};
use super::layout::{Lines, literal, range};
use super::memory;
use super::procedure::{Style, block};
use super::projection::{drop_overwritten, nets_read, nets_read_by, project};
use hardpath_netlist::{
    Circuit, Design, Net, NetId, NetKind, NetType, Operation, PortDirection, Statement, ValueArena, ValueId,
};
use std::collections::{BTreeSet, HashSet};

/// How the text drives a net.
enum Drive {
    /// Something other than the kernel does, or nothing has to.
    Elsewhere,
    /// Continuous assignments: lowest bit and value, none reading another.
    Continuous(Vec<(u32, ValueId)>),
    /// A combinational block of its own.
    Procedural(Vec<Statement>),
    /// The block of its group.
    Grouped,
    /// A register's next value, written into the register's clocked block.
    InPlace(Vec<Statement>),
}

impl Drive {
    fn is_procedural(&self) -> bool {
        matches!(self, Drive::Procedural(_) | Drive::Grouped)
    }
}

/// The text of a circuit's module.
pub(super) fn module(design: &Design, circuit: &Circuit) -> String {
    Module::new(design, circuit).text()
}

struct Module<'a> {
    design: &'a Design,
    circuit: &'a Circuit,
    drives: Vec<Drive>,
    expressions: Expressions<'a>,
}

impl<'a> Module<'a> {
    fn new(design: &'a Design, circuit: &'a Circuit) -> Self {
        let read = nets_read_by(&circuit.values, &circuit.body);
        let drives = (0..circuit.nets.len()).map(|index| drive(circuit, NetId(index as u32), &read)).collect();
        Self { design, circuit, drives, expressions: Expressions::new(circuit) }
    }

    fn text(mut self) -> String {
        let instances = self.instances();
        let assignments = self.assignments();
        let blocks = self.blocks();
        let registers = self.registers();
        let mut memory_declarations = Lines::default();
        let mut memory_ports = Lines::default();
        for memory in &self.circuit.memories {
            memory_declarations.section(memory::declaration(&mut self.expressions, memory));
            memory_ports.section(memory::ports(&mut self.expressions, memory));
        }
        let helpers = self.expressions.take_helpers();
        let unused = self.unused();

        let mut lines = self.header();
        lines.section(self.constants());
        lines.section(self.declarations());
        lines.section(memory_declarations);
        for section in [helpers, instances, assignments, blocks, memory_ports, registers, unused] {
            lines.section(section);
        }
        lines.gap();
        lines.push(0, "endmodule");
        lines.into_text()
    }

    fn drive(&self, net: NetId) -> &Drive {
        &self.drives[net.0 as usize]
    }

    fn nets(&self) -> impl Iterator<Item = (NetId, &'a Net)> + use<'a> {
        self.circuit.nets.iter().enumerate().map(|(index, net)| (NetId(index as u32), net))
    }

    fn header(&self) -> Lines {
        let mut lines = Lines::default();
        for line in self.circuit.documentation.lines() {
            lines.unbroken(0, &format!("// {}", line.trim_end()));
        }
        if !self.circuit.documentation.trim().is_empty() {
            lines.unbroken(0, "//");
        }
        lines.unbroken(0, &format!("// {}", self.circuit.rust_type.replace('\n', " ")));
        if self.circuit.ports.is_empty() {
            lines.push(0, &format!("module {};", self.circuit.name));
            return lines;
        }
        lines.push(0, &format!("module {} (", self.circuit.name));
        for (index, port) in self.circuit.ports.iter().enumerate() {
            let net = self.circuit.net(*port);
            let kind = match net.kind {
                NetKind::Port(PortDirection::Input) => "input wire",
                _ if self.drive(*port).is_procedural() => "output reg",
                _ => "output wire",
            };
            let comma = if index + 1 < self.circuit.ports.len() { "," } else { "" };
            lines.unbroken(1, &format!("{kind} {}{}{comma}{}", range(net.width), net.name, fields(net)));
        }
        lines.push(0, ");");
        lines
    }

    fn constants(&self) -> Lines {
        let mut lines = Lines::default();
        for (id, net) in self.nets() {
            if let NetKind::Constant(value) = &net.kind
                && self.expressions.is_used(id, 0)
            {
                lines.push(1, &format!("localparam {}{} = {};", range(net.width), net.name, literal(value)));
            }
        }
        lines
    }

    fn declarations(&self) -> Lines {
        let mut lines = Lines::default();
        for (id, net) in self.nets() {
            let variable = match net.kind {
                NetKind::Port(_) | NetKind::Constant(_) => continue,
                NetKind::RegisterOutput(_) => true,
                NetKind::MemoryOutput { memory, read } => self.circuit.memories[memory].reads[read].clock.is_some(),
                NetKind::Connection { direction: PortDirection::Output, .. } => false,
                _ => match self.drive(id) {
                    Drive::Elsewhere | Drive::InPlace(_) => continue,
                    drive => drive.is_procedural(),
                },
            };
            let kind = if variable { "reg" } else { "wire" };
            lines.unbroken(1, &format!("{kind} {}{};{}", range(net.width), net.name, fields(net)));
        }
        lines
    }

    fn instances(&mut self) -> Lines {
        let mut lines = Lines::default();
        for instance in &self.circuit.instances {
            let child = self.design.circuit(instance.circuit);
            lines.gap();
            lines.push(1, &format!("{} {} (", child.name, instance.name));
            for (index, (port, net)) in child.ports.iter().zip(&instance.connections).enumerate() {
                let comma = if index + 1 < child.ports.len() { "," } else { "" };
                let port = child.net(*port);
                let net = match port.kind {
                    NetKind::Port(PortDirection::Input) => self.expressions.read(*net),
                    _ => self.circuit.net(*net).name.clone(),
                };
                lines.push(2, &format!(".{}({net}){comma}", port.name));
            }
            lines.push(1, ");");
        }
        lines
    }

    fn assignments(&mut self) -> Lines {
        let mut lines = Lines::default();
        for (id, net) in self.nets() {
            let Drive::Continuous(parts) = &self.drives[id.0 as usize] else { continue };
            for (low, value) in parts {
                let width = self.circuit.values.width(*value);
                let target = if width == net.width { net.name.clone() } else { part_select(&net.name, *low, width) };
                self.expressions.begin(id, HashSet::new());
                let text = self.expressions.expression(*value);
                lines.push(1, &format!("assign {target} = {text};"));
            }
        }
        lines
    }

    fn blocks(&mut self) -> Lines {
        let mut lines = Lines::default();
        for (id, _) in self.nets() {
            if let Drive::Procedural(statements) = &self.drives[id.0 as usize] {
                self.expressions.begin(id, HashSet::from([id]));
                lines.section(block(&mut self.expressions, "always @*", statements, Style::Combinational));
            }
        }
        for group in &self.circuit.groups {
            let targets: BTreeSet<NetId> = group.iter().copied().collect();
            let statements = project(&self.circuit.body, &targets);
            self.expressions.begin(group[0], targets.into_iter().collect());
            lines.section(block(&mut self.expressions, "always @*", &statements, Style::Combinational));
        }
        lines
    }

    fn registers(&mut self) -> Lines {
        let mut lines = Lines::default();
        for register in &self.circuit.registers {
            let clock = self.expressions.read(register.clock);
            let output = self.circuit.net(register.output);
            let header = format!("always @(posedge {clock})");
            let initial = self.expressions.constant_of_type(&register.initial, &output.net_type);
            lines.gap();
            lines.push(1, &format!("initial {} = {initial};", output.name));
            if let Drive::InPlace(statements) = &self.drives[register.input.0 as usize] {
                self.expressions.begin(register.output, HashSet::new());
                let output = |_: NetId| register.output;
                lines.append(block(&mut self.expressions, &header, statements, Style::Clocked(&output)));
            } else {
                let next = self.expressions.read(register.input);
                lines.push(1, &format!("{header} begin"));
                lines.push(2, &format!("{} <= {next};", output.name));
                lines.push(1, "end");
            }
        }
        lines
    }

    /// A wire that reads what nothing else reads: linters then know that this is meant, by its name.
    fn unused(&mut self) -> Lines {
        let drives = &self.drives;
        let parts = self.expressions.unused(|id, net| match net.kind {
            NetKind::Port(direction) => direction == PortDirection::Input,
            NetKind::Constant(_) => false,
            NetKind::RegisterOutput(_) | NetKind::MemoryOutput { .. } => true,
            NetKind::Connection { direction: PortDirection::Output, .. } => true,
            _ => !matches!(drives[id.0 as usize], Drive::Elsewhere | Drive::InPlace(_)),
        });
        let mut lines = Lines::default();
        if !parts.is_empty() {
            let name = self.expressions.fresh_name("unused");
            lines.push(1, &format!("wire {name} = &{{1'b0, {}}};", parts.join(", ")));
        }
        lines
    }
}

/// What a struct's bits mean, as a comment.
fn fields(net: &Net) -> String {
    let NetType::Struct(fields) = &net.net_type else { return String::new() };
    let fields: Vec<String> = fields
        .iter()
        .map(
            |(name, low, width)| {
                if *width == 1 { format!("{name}: {low}") } else { format!("{name}: {}..{low}", low + width - 1) }
            },
        )
        .collect();
    format!(" // {}", fields.join(", "))
}

fn drive(circuit: &Circuit, id: NetId, read: &HashSet<NetId>) -> Drive {
    let net = circuit.net(id);
    if !net.kind.is_driven() || is_passed_clock(circuit, id) {
        return Drive::Elsewhere;
    }
    if circuit.groups.iter().any(|group| group.contains(&id)) {
        return Drive::Grouped;
    }
    let values = &circuit.values;
    let mut statements = project(&circuit.body, &BTreeSet::from([id]));
    drop_overwritten(&mut statements, id, values);
    if let NetKind::RegisterInput(register) = net.kind
        && !read.contains(&id)
        && !statements.is_empty()
    {
        let output = circuit.registers[register].output;
        let holds = matches!(&statements[0], Statement::Assign { value, .. }
            if *values.operation(*value) == Operation::Net(output));
        if holds && statements.len() > 1 {
            statements.remove(0);
        }
        return Drive::InPlace(statements);
    }
    let continuous = continuous(values, id, net.width, &statements);
    match (continuous, circuit.driver(id)) {
        (Some(parts), _) => Drive::Continuous(parts),
        // A block that reads nothing would never run.
        (None, Some(driver)) if statements.is_empty() || values.as_constant(driver).is_some() => {
            Drive::Continuous(vec![(0, driver)])
        }
        _ => Drive::Procedural(statements),
    }
}

/// A clock that goes straight to a child: the child's port names the clock itself.
fn is_passed_clock(circuit: &Circuit, id: NetId) -> bool {
    let net = circuit.net(id);
    net.net_type == NetType::Clock
        && !matches!(net.kind, NetKind::Port(_))
        && circuit.driver(id).is_some_and(|driver| matches!(circuit.values.operation(driver), Operation::Net(_)))
}

/// The statements as assignments of separate bits that are true at all times, if they are such.
fn continuous(values: &ValueArena, id: NetId, width: u32, statements: &[Statement]) -> Option<Vec<(u32, ValueId)>> {
    let mut parts = Vec::new();
    for statement in statements {
        let (low, value) = match statement {
            Statement::Assign { value, .. } => (0, *value),
            Statement::AssignSlice { low, value, .. } => (*low, *value),
            _ => return None,
        };
        if nets_read(values, value).contains(&id) {
            return None;
        }
        parts.push((low, value));
    }
    parts.sort_by_key(|(low, _)| *low);
    let mut end = 0;
    for (low, value) in &parts {
        if *low != end {
            return None;
        }
        end += values.width(*value);
    }
    (end == width).then_some(parts)
}
