//! Constraints for a block that is placed and routed out of context: its clocks, and no pins.

use hardpath_netlist::Circuit;
use std::fmt::Write;

/// File names and texts of one block's constraints; they say the same to different tools.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutOfContext {
    /// Synopsys Design Constraints, `<module>.sdc`.
    pub sdc: String,
    /// Lattice preference file as nextpnr-ecp5 reads it, `<module>.lpf`.
    pub lpf: String,
}

/// Constraints of a block that runs at `clock_mhz` on each of its clocks. Clocks count as unrelated, so that no path
/// between two of them is timed.
///
/// # Errors
///
/// A frequency that is no positive number.
pub fn out_of_context(circuit: &Circuit, clock_mhz: f64) -> Result<OutOfContext, String> {
    if !(clock_mhz.is_finite() && clock_mhz > 0.0) {
        return Err(format!("clock of {clock_mhz} MHz: a frequency must be above 0 MHz"));
    }
    let period_ns = 1000.0 / clock_mhz;
    let mut sdc = format!("# Out-of-context constraints of {}\n", circuit.name);
    let mut lpf = sdc.clone();
    let clocks: Vec<&str> = circuit.clock_ports().map(|clock| circuit.net(clock).name.as_str()).collect();
    for clock in &clocks {
        // A String takes every write.
        let _ = writeln!(sdc, "create_clock -name {clock} -period {period_ns:.3} [get_ports {{{clock}}}]");
        let _ = writeln!(lpf, "FREQUENCY PORT \"{clock}\" {clock_mhz} MHZ;");
    }
    if clocks.len() > 1 {
        let groups: Vec<String> = clocks.iter().map(|clock| format!("-group {clock}")).collect();
        let _ = writeln!(sdc, "set_clock_groups -asynchronous {}", groups.join(" "));
    }
    Ok(OutOfContext { sdc, lpf })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hardpath_netlist::{Net, NetId, NetKind, NetType, PortDirection, ValueArena};

    fn circuit(clocks: &[&str]) -> Circuit {
        let net = |name: &&str| Net {
            name: (*name).to_owned(),
            width: 1,
            net_type: NetType::Clock,
            kind: NetKind::Port(PortDirection::Input),
        };
        Circuit {
            name: "block".into(),
            rust_type: "Block".into(),
            documentation: String::new(),
            nets: clocks.iter().map(net).collect(),
            ports: (0..clocks.len() as u32).map(NetId).collect(),
            instances: Vec::new(),
            registers: Vec::new(),
            memories: Vec::new(),
            enums: Vec::new(),
            body: Vec::new(),
            groups: Vec::new(),
            values: ValueArena::default(),
            drivers: vec![None; clocks.len()],
            output_dependencies: vec![Vec::new(); clocks.len()],
        }
    }

    #[test]
    fn every_clock_gets_its_period() {
        let constraints = out_of_context(&circuit(&["clock", "read_clock"]), 312.5).unwrap();
        assert_eq!(
            constraints.lpf,
            "# Out-of-context constraints of block\nFREQUENCY PORT \"clock\" 312.5 MHZ;\n\
             FREQUENCY PORT \"read_clock\" 312.5 MHZ;\n"
        );
        assert!(constraints.sdc.contains("create_clock -name clock -period 3.200 [get_ports {clock}]\n"));
        assert!(constraints.sdc.ends_with("set_clock_groups -asynchronous -group clock -group read_clock\n"));
    }

    #[test]
    fn a_frequency_must_be_positive() {
        for frequency in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(out_of_context(&circuit(&["clock"]), frequency).unwrap_err().contains("above 0 MHz"));
        }
    }
}
