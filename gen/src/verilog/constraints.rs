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
