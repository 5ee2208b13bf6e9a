//! Ports that a driver knows by their names.

use crate::cosimulation::{Interface, Layout};
use anyhow::{Context, Result};
use std::collections::HashMap;

/// Where named ports stand in an interface.
#[derive(Debug, Default)]
pub(super) struct NamedPorts {
    inputs: HashMap<&'static str, usize>,
    outputs: HashMap<&'static str, usize>,
}

impl NamedPorts {
    /// Finds the ports, whose names in the interface have a suffix.
    pub fn connect(
        interface: &Interface,
        inputs: &[&'static str],
        outputs: &[&'static str],
        suffix: &str,
    ) -> Result<Self> {
        let mut ports = Self::default();
        for name in inputs {
            let port = interface.inputs.iter().position(|port| port.name == format!("{name}{suffix}"));
            ports.inputs.insert(name, port.with_context(|| format!("no input {name}{suffix}"))?);
        }
        for name in outputs {
            let port = interface.outputs.iter().position(|port| port.name == format!("{name}{suffix}"));
            ports.outputs.insert(name, port.with_context(|| format!("no output {name}{suffix}"))?);
        }
        Ok(ports)
    }

    /// Numbers of the inputs.
    pub fn inputs(&self) -> Vec<usize> {
        self.inputs.values().copied().collect()
    }

    /// The low word of an output; 0 before the first cycle.
    pub fn output(&self, layout: &Layout, outputs: Option<&[u64]>, name: &str) -> u64 {
        outputs.map_or(0, |words| words[layout.outputs.span(self.outputs[name]).start])
    }

    /// Both words of an output of 128 bits.
    pub fn wide_output(&self, layout: &Layout, outputs: Option<&[u64]>, name: &str) -> Option<[u64; 2]> {
        let start = layout.outputs.span(self.outputs[name]).start;
        outputs.map(|words| [words[start], words[start + 1]])
    }

    /// The low word of an input.
    pub fn input(&self, layout: &Layout, inputs: &[u64], name: &str) -> u64 {
        inputs[layout.inputs.span(self.inputs[name]).start]
    }

    /// Sets all inputs: to a value of at most 128 bits, or to zero.
    pub fn set(&self, layout: &Layout, inputs: &mut [u64], values: &HashMap<&str, [u64; 2]>) {
        for (name, port) in &self.inputs {
            let span = layout.inputs.span(*port);
            let length = span.len();
            inputs[span].copy_from_slice(&values.get(name).copied().unwrap_or_default()[..length]);
        }
    }
}
