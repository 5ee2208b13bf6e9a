//! Bundles: instances of one circuit side by side, whose registers of one bit share a word.
//!
//! Arrays of equal instances (lanes, ports, controllers) do the same with their flags in every cycle. With the flags of all
//! instances in one word, one machine instruction does for all of them what would take one each; see
//! [`vector`](crate::engine::vector).

use crate::engine::body::{Body, FlatRegister, Placement, RegisterOrigin};
use hardpath_netlist::{Constant, Design, ValueId};
use num_bigint::BigUint;
use std::collections::{BTreeMap, HashSet};

/// Whether registers of one bit of equal instances side by side share a word. Results are the same; speed is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Packing {
    /// Where the instances' logic is alike enough for it to pay.
    #[default]
    Automatic,
    /// Wherever there are equal instances.
    Always,
    /// Nowhere.
    Never,
}

/// Fewest instances of a bundle: below, putting flags together and taking them apart costs what is saved.
const FEWEST: usize = 4;

/// Most instances of a bundle: one bit each in a machine word.
const MOST: usize = 64;

/// Inlined instances of one circuit at the same place of equal surroundings.
#[derive(Clone, Debug)]
pub(super) struct Bundle {
    /// The instances' scopes, in order of declaration: bit `i` of a packed register belongs to `scopes[i]`.
    pub scopes: Vec<usize>,
    /// Registers that hold one flag of every instance.
    pub packs: Vec<Pack>,
}

/// One register for a one-bit register of every instance of a bundle.
#[derive(Clone, Debug)]
pub(super) struct Pack {
    pub register: usize,
    /// The registers it stands for, by bit.
    pub members: Vec<usize>,
}

/// Finds the bundles of a body whose scopes and registers are laid out, and packs their registers of one bit, except in the
/// bundles of these numbers.
pub(super) fn pack(design: &Design, body: &mut Body, excluded: &HashSet<usize>) {
    let mut bundles = Vec::new();
    let mut bundled = vec![false; body.scopes.len()];
    // Parents come before their children, so that the outermost array decides.
    for scope in 0..body.scopes.len() {
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for placement in &body.scopes[scope].instances {
            if let Placement::Inlined(inner) = *placement
                && !bundled[inner]
            {
                groups.entry(body.scopes[inner].circuit.0 as usize).or_default().push(inner);
            }
        }
        for scopes in groups.into_values().filter(|scopes| (FEWEST..=MOST).contains(&scopes.len())) {
            bundle(body, scopes, &mut bundled, &mut bundles);
        }
    }
    for (index, scopes) in bundles.into_iter().enumerate() {
        let packs = if excluded.contains(&index) { Vec::new() } else { packs(design, body, &scopes) };
        body.bundles.push(Bundle { scopes, packs });
    }
}

/// Adds a bundle and those of the instances within it.
fn bundle(body: &Body, scopes: Vec<usize>, bundled: &mut [bool], bundles: &mut Vec<Vec<usize>>) {
    scopes.iter().for_each(|scope| bundled[*scope] = true);
    for instance in 0..body.scopes[scopes[0]].instances.len() {
        let inner = scopes.iter().map(|scope| match body.scopes[*scope].instances[instance] {
            Placement::Inlined(inner) => Some(inner),
            Placement::Child(_) => None,
        });
        if let Some(inner) = inner.collect::<Option<Vec<usize>>>() {
            bundle(body, inner, bundled, bundles);
        }
    }
    bundles.push(scopes);
}

fn packs(design: &Design, body: &mut Body, scopes: &[usize]) -> Vec<Pack> {
    let circuit = design.circuit(body.scopes[scopes[0]].circuit);
    let mut packs = Vec::new();
    for index in 0..circuit.registers.len() {
        let members: Vec<usize> = scopes.iter().map(|scope| body.scopes[*scope].first_register + index).collect();
        let clock = body.registers[members[0]].clock;
        let fits = |member: &usize| {
            let FlatRegister { width, clock: own, constant, .. } = body.registers[*member];
            width == 1 && own == clock && !constant
        };
        if !members.iter().all(fits) {
            continue;
        }
        let register = body.registers.len();
        let mut initial = BigUint::ZERO;
        for (bit, member) in members.iter().enumerate() {
            initial.set_bit(bit as u64, !body.registers[*member].initial.is_zero());
            body.registers[*member].packed = Some((register, bit as u32));
        }
        let width = members.len() as u32;
        body.registers.push(FlatRegister {
            width,
            initial: Constant::new(width, initial),
            clock,
            origin: RegisterOrigin::Pack,
            next: ValueId(0),
            leaf: ValueId(0),
            packed: None,
            constant: false,
        });
        packs.push(Pack { register, members });
    }
    packs
}
