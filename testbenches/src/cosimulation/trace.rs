//! Recorded inputs and outputs.

use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::Path;

/// A port's name and width in bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Name as in the netlist and the Verilog.
    pub name: String,
    /// Width in bits, at least 1.
    pub width: u32,
}

impl Port {
    /// A port.
    pub fn new(name: impl Into<String>, width: u32) -> Self {
        Self { name: name.into(), width }
    }

    /// 64-bit words that a value takes.
    pub fn words(&self) -> usize {
        self.width.div_ceil(64) as usize
    }

    /// Clears the bits of a value above the port's width.
    pub fn cut(&self, value: &mut [u64]) {
        if let (Some(last), rest @ 1..) = (value.last_mut(), self.width % 64) {
            *last &= (1 << rest) - 1;
        }
    }
}

/// The ports of a circuit, in order of declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Clock inputs; at most 64.
    pub clocks: Vec<String>,
    /// Other inputs.
    pub inputs: Vec<Port>,
    /// Outputs.
    pub outputs: Vec<Port>,
}

/// Values of ports, step by step. A value is `ceil(width / 64)` words, least significant first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    ports: Vec<Port>,
    offsets: Vec<usize>,
    stride: usize,
    steps: usize,
    words: Vec<u64>,
}

impl Trace {
    /// A trace without steps.
    pub fn new(ports: Vec<Port>) -> Self {
        let mut stride = 0;
        let mut offsets = Vec::with_capacity(ports.len());
        for port in &ports {
            offsets.push(stride);
            stride += port.words();
        }
        Self { ports, offsets, stride, steps: 0, words: Vec::new() }
    }

    /// What each step holds.
    pub fn ports(&self) -> &[Port] {
        &self.ports
    }

    /// Number of steps.
    pub fn len(&self) -> usize {
        self.steps
    }

    /// Whether there is no step.
    pub fn is_empty(&self) -> bool {
        self.steps == 0
    }

    /// Words of one step.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Where a port's words lie in a step.
    pub fn span(&self, port: usize) -> std::ops::Range<usize> {
        self.offsets[port]..self.offsets[port] + self.ports[port].words()
    }

    /// Adds a step of all ports' words, in order.
    ///
    /// # Panics
    ///
    /// If `step` is not [`Trace::stride`] words long.
    pub fn push(&mut self, step: &[u64]) {
        assert_eq!(step.len(), self.stride, "words of a step");
        self.words.extend_from_slice(step);
        self.steps += 1;
    }

    /// All words of a step.
    pub fn step(&self, step: usize) -> &[u64] {
        &self.words[step * self.stride..(step + 1) * self.stride]
    }

    /// One value.
    pub fn value(&self, step: usize, port: usize) -> &[u64] {
        &self.step(step)[self.span(port)]
    }
}

/// A value as a sized hexadecimal number, for messages.
pub(super) fn hexadecimal(port: &Port, value: &[u64]) -> String {
    let digits: String = value.iter().rev().map(|word| format!("{word:016x}")).collect();
    let digits = digits.trim_start_matches('0');
    format!("{}'h{}", port.width, if digits.is_empty() { "0" } else { digits })
}

/// Inputs and rising clocks, step by step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stimulus {
    /// Names of the clocks.
    pub clocks: Vec<String>,
    /// Per step: bit `i` raises `clocks[i]`.
    pub edges: Vec<u64>,
    /// Inputs other than clocks.
    pub inputs: Trace,
}

impl Stimulus {
    /// A stimulus without steps.
    pub fn new(interface: &Interface) -> Self {
        Self { clocks: interface.clocks.clone(), edges: Vec::new(), inputs: Trace::new(interface.inputs.clone()) }
    }

    /// Number of steps.
    pub fn len(&self) -> usize {
        self.edges.len()
    }

    /// Whether there is no step.
    pub fn is_empty(&self) -> bool {
        self.edges.is_empty()
    }

    /// Adds a step.
    pub fn push(&mut self, edges: u64, inputs: &[u64]) {
        self.edges.push(edges);
        self.inputs.push(inputs);
    }

    /// Writes a file: one line of text that names clocks and ports, then per step the mask of clocks and the inputs as
    /// little-endian 64-bit words.
    pub fn write(&self, path: &Path) -> Result<()> {
        let ports: Vec<String> =
            self.inputs.ports().iter().map(|port| format!("{}:{}", port.name, port.width)).collect();
        let mut bytes = format!("{};{}\n", self.clocks.join(","), ports.join(",")).into_bytes();
        for (step, edges) in self.edges.iter().enumerate() {
            bytes.extend(edges.to_le_bytes());
            bytes.extend(self.inputs.step(step).iter().flat_map(|word| word.to_le_bytes()));
        }
        fs::write(path, bytes).with_context(|| format!("cannot write stimulus {}", path.display()))
    }

    /// Reads what [`Stimulus::write`] wrote.
    pub fn read(path: &Path) -> Result<Self> {
        let about = || format!("stimulus {}", path.display());
        let bytes = fs::read(path).with_context(about)?;
        let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else {
            bail!("{}: no line that names clocks and ports", about());
        };
        let head = std::str::from_utf8(&bytes[..end]).with_context(about)?;
        let (clocks, ports) = head.split_once(';').with_context(|| format!("{}: `;` missing in `{head}`", about()))?;
        let names = |list: &str| list.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        let mut inputs = Vec::new();
        for port in names(ports) {
            let (name, width) =
                port.split_once(':').with_context(|| format!("{}: `{port}` is not name:width", about()))?;
            let width: u32 = width.parse().with_context(|| format!("{}: width in `{port}`", about()))?;
            ensure!(width > 0, "{}: width 0 in `{port}` (legal: 1 and more)", about());
            inputs.push(Port::new(name, width));
        }
        let words = words_of(&bytes[end + 1..]).with_context(about)?;
        let mut stimulus = Self { clocks: names(clocks), edges: Vec::new(), inputs: Trace::new(inputs) };
        let stride = 1 + stimulus.inputs.stride();
        ensure!(words.len() % stride == 0, "{}: {} words, no multiple of {stride}", about(), words.len());
        for step in words.chunks_exact(stride) {
            stimulus.push(step[0], &step[1..]);
        }
        Ok(stimulus)
    }
}

/// Little-endian 64-bit words.
pub(super) fn words_of(bytes: &[u8]) -> Result<Vec<u64>> {
    ensure!(bytes.len().is_multiple_of(8), "{} bytes are no multiple of a 64-bit word", bytes.len());
    Ok(bytes.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interface() -> Interface {
        Interface {
            clocks: vec!["clock".into(), "other".into()],
            inputs: vec![Port::new("valid", 1), Port::new("data", 130)],
            outputs: vec![],
        }
    }

    #[test]
    fn a_stimulus_file_reads_back() {
        let mut stimulus = Stimulus::new(&interface());
        stimulus.push(3, &[1, 2, 3, 1]);
        stimulus.push(0, &[0, u64::MAX, 0, 0]);
        let file = tempfile::NamedTempFile::new().unwrap();
        stimulus.write(file.path()).unwrap();
        assert_eq!(Stimulus::read(file.path()).unwrap(), stimulus);
        assert_eq!(stimulus.inputs.value(0, 1), [2, 3, 1]);
    }

    #[test]
    fn a_torn_stimulus_file_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (text, part) in [("clock;a:1", "no line"), ("clock;a:1\n1234567", "multiple"), ("clock;a\n", "name:width")]
        {
            fs::write(file.path(), text).unwrap();
            let error = format!("{:#}", Stimulus::read(file.path()).unwrap_err());
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn values_print_with_their_width() {
        assert_eq!(hexadecimal(&Port::new("a", 70), &[5, 0]), "70'h5");
        assert_eq!(hexadecimal(&Port::new("a", 70), &[5, 0x21]), "70'h210000000000000005");
        assert_eq!(hexadecimal(&Port::new("a", 1), &[0]), "1'h0");
    }
}
