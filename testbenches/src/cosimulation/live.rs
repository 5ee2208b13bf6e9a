//! The live rust-hdl block, stepped with `simulate()`.

use super::model::Model;
use super::trace::Interface;
use anyhow::{Context, Result, bail, ensure};
use rust_hdl::core::atom::{Atom, AtomKind};
use rust_hdl::core::probe::Probe;
use rust_hdl::core::simulate::simulate;
use rust_hdl::prelude::{Bits, Block, Clock, In, Signal, Signed, Synth};

/// Passes after which a block that still changes counts as oscillating.
const SETTLING_PASSES: usize = 1000;

/// A value that words can set.
pub trait FromWords: Synth {
    /// The value whose bits these words hold, least significant first.
    fn from_words(words: &[u64]) -> Self;
}

impl FromWords for bool {
    fn from_words(words: &[u64]) -> Self {
        words[0] & 1 == 1
    }
}

impl<const N: usize> FromWords for Bits<N> {
    fn from_words(words: &[u64]) -> Self {
        if N <= 64 {
            return words[0].into();
        }
        num_bigint::BigUint::from_slice(
            &words.iter().flat_map(|word| [*word as u32, (word >> 32) as u32]).collect::<Vec<_>>(),
        )
        .into()
    }
}

impl<const N: usize> FromWords for Signed<N> {
    fn from_words(words: &[u64]) -> Self {
        rust_hdl::prelude::signed_cast(Bits::<N>::from_words(words))
    }
}

type SetInput<T> = Box<dyn Fn(&mut T, &[u64])>;
type SetClock<T> = Box<dyn Fn(&mut T, bool)>;

/// A live block as a [`Model`]. Its inputs are named one by one, since a block hands out its signals only by their types;
/// its outputs are found by visiting it.
pub struct LiveModel<T: Block> {
    block: Box<T>,
    interface: Interface,
    inputs: Vec<Option<SetInput<T>>>,
    clocks: Vec<Option<SetClock<T>>>,
    outputs: Vec<Vec<u64>>,
    read: bool,
}

impl<T: Block> LiveModel<T> {
    /// A connected block (`connect_all` was called) and the interface of its netlist.
    pub fn new(block: T, interface: &Interface) -> Self {
        Self {
            block: Box::new(block),
            interface: interface.clone(),
            inputs: interface.inputs.iter().map(|_| None).collect(),
            clocks: interface.clocks.iter().map(|_| None).collect(),
            outputs: Vec::new(),
            read: false,
        }
    }

    /// The block.
    pub fn block(&mut self) -> &mut T {
        &mut self.block
    }

    /// Says which signal the clock `name` is.
    ///
    /// # Panics
    ///
    /// If the interface has no such clock.
    pub fn clock(mut self, name: &str, signal: impl Fn(&mut T) -> &mut Signal<In, Clock> + 'static) -> Self {
        let index = self.interface.clocks.iter().position(|clock| clock == name);
        let index = index.unwrap_or_else(|| panic!("no clock `{name}` in {:?}", self.interface.clocks));
        self.clocks[index] = Some(Box::new(move |block, high| signal(block).next = Clock { clk: high }));
        self
    }

    /// Says which signal the input `name` is.
    ///
    /// # Panics
    ///
    /// If the interface has no such input.
    pub fn input<V: FromWords>(self, name: &str, signal: impl Fn(&mut T) -> &mut Signal<In, V> + 'static) -> Self {
        self.input_with(name, move |block, words| signal(block).next = V::from_words(words))
    }

    /// Says how the input `name` is set, for types that [`FromWords`] does not cover.
    ///
    /// # Panics
    ///
    /// If the interface has no such input.
    pub fn input_with(mut self, name: &str, set: impl Fn(&mut T, &[u64]) + 'static) -> Self {
        let index = self.interface.inputs.iter().position(|port| port.name == name);
        let index = index.unwrap_or_else(|| panic!("no input `{name}` in {:?}", self.interface.inputs));
        self.inputs[index] = Some(Box::new(set));
        self
    }

    fn simulate(&mut self) -> Result<()> {
        self.read = false;
        ensure!(simulate(&mut *self.block, SETTLING_PASSES), "simulate() did not settle in {SETTLING_PASSES} passes");
        Ok(())
    }

    fn set_clocks(&mut self, edges: u64, high: bool) -> Result<()> {
        for (index, set) in self.clocks.iter().enumerate() {
            if edges >> index & 1 == 1 {
                let name = &self.interface.clocks[index];
                let set =
                    set.as_ref().with_context(|| format!("simulate(): no signal was named for clock `{name}`"))?;
                set(&mut self.block, high);
            }
        }
        self.simulate()
    }

    fn read_outputs(&mut self) -> Result<()> {
        let mut reader = Outputs { depth: 0, values: Vec::new() };
        self.block.accept("top", &mut reader);
        ensure!(
            reader.values.len() == self.interface.outputs.len(),
            "simulate(): the block has {} outputs, the netlist {}",
            reader.values.len(),
            self.interface.outputs.len()
        );
        self.outputs.clear();
        for (port, (name, bits, text)) in self.interface.outputs.iter().zip(reader.values) {
            ensure!(bits == port.width as usize, "output `{name}`: {bits} bits, `{}` has {}", port.name, port.width);
            let mut words = words_of_literal(&text, port.words())?;
            port.cut(&mut words);
            self.outputs.push(words);
        }
        self.read = true;
        Ok(())
    }
}

impl<T: Block> Model for LiveModel<T> {
    fn name(&self) -> &str {
        "simulate()"
    }

    fn set(&mut self, index: usize, value: &[u64]) -> Result<()> {
        let name = &self.interface.inputs[index].name;
        let set = self.inputs[index].as_ref();
        set.with_context(|| format!("simulate(): no signal was named for input `{name}`"))?(&mut self.block, value);
        Ok(())
    }

    fn settle(&mut self) -> Result<()> {
        self.simulate()
    }

    fn get(&mut self, index: usize, value: &mut [u64]) -> Result<()> {
        if !self.read {
            self.read_outputs()?;
        }
        value.copy_from_slice(&self.outputs[index]);
        Ok(())
    }

    fn rise(&mut self, edges: u64) -> Result<()> {
        self.set_clocks(edges, true)?;
        self.set_clocks(edges, false)
    }
}

/// Outputs of the outermost block, in order of declaration.
struct Outputs {
    depth: usize,
    values: Vec<(String, usize, String)>,
}

impl Probe for Outputs {
    fn visit_start_scope(&mut self, _name: &str, _node: &dyn Block) {
        self.depth += 1;
    }

    fn visit_atom(&mut self, name: &str, signal: &dyn Atom) {
        if self.depth == 1 && signal.kind() == AtomKind::OutputParameter {
            self.values.push((name.to_owned(), signal.bits(), signal.verilog().to_string()));
        }
    }

    fn visit_end_scope(&mut self, _name: &str, _node: &dyn Block) {
        self.depth -= 1;
    }
}

/// The words of a literal such as `8'hff` or `3'b101`.
fn words_of_literal(text: &str, count: usize) -> Result<Vec<u64>> {
    let mut words = vec![0; count];
    let digits = text.split_once('\'').and_then(|(_, number)| number.split_at_checked(1));
    let (bits, digits) = match digits {
        Some(("h", digits)) => (4, digits),
        Some(("b", digits)) => (1, digits),
        _ => bail!("`{text}` is no binary or hexadecimal literal"),
    };
    for (index, digit) in digits.bytes().rev().enumerate() {
        let value = (digit as char).to_digit(16).with_context(|| format!("digit in `{text}`"))?;
        let bit = index * bits;
        if let Some(word) = words.get_mut(bit / 64) {
            *word |= u64::from(value) << (bit % 64);
        }
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_of_any_width_are_read() {
        assert_eq!(words_of_literal("3'b101", 1).unwrap(), [5]);
        assert_eq!(words_of_literal("72'h0123456789abcdef01", 2).unwrap(), [0x23456789abcdef01, 0x01]);
        assert!(words_of_literal("12", 1).is_err());
    }

    #[test]
    fn values_of_any_width_are_set() {
        assert_eq!(Bits::<7>::from_words(&[0x55]), Bits::<7>::from(0x55u64));
        let wide = Bits::<100>::from_words(&[u64::MAX, 3]);
        assert_eq!(words_of_literal(&wide.verilog().to_string(), 2).unwrap(), [u64::MAX, 3]);
        assert_eq!(Signed::<8>::from_words(&[0xfb]), Signed::<8>::from(-5));
    }
}
