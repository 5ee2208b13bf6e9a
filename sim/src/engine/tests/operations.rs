//! Every operation at many widths against big-integer arithmetic.

use super::build::{Builder, single};
use super::reference::{evaluate, mask};
use crate::engine::Simulator;
use hardpath_netlist::{Constant, Operation, ValueArena, ValueId};
use num_bigint::BigUint;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::HashMap;

const WIDTHS: [u32; 13] = [1, 7, 8, 31, 32, 33, 63, 64, 65, 100, 128, 512, 1024];

/// Random bits, with long runs of equal bits, all zeros and all ones among them.
pub fn random_value(random: &mut StdRng, width: u32) -> BigUint {
    let words: Vec<u32> = (0..width.div_ceil(32)).map(|_| random.random()).collect();
    let value = BigUint::new(words) & mask(width);
    match random.random_range(0..8) {
        0 => BigUint::default(),
        1 => mask(width),
        2 => BigUint::from(1u32) << (width - 1),
        3 => value >> random.random_range(0..width),
        4 => mask(width) - (value >> random.random_range(0..width)),
        _ => value,
    }
}

pub fn words(value: &BigUint, width: u32) -> Vec<u64> {
    Constant::new(width, value.clone()).words()
}

/// All operations over inputs of a width.
fn operations(builder: &mut Builder, width: u32) -> Vec<ValueId> {
    let a = builder.input("a", width);
    let b = builder.input("b", width);
    let c = builder.input("c", 1);
    let narrow_amount = builder.input("narrow_amount", 6);
    let amount = builder.input("amount", 12);
    let wide_amount = builder.input("wide_amount", 70);
    let v = &mut builder.circuit.values;
    let mut made = vec![
        v.not(a),
        v.negate(a),
        v.and(a, b),
        v.or(a, b),
        v.xor(a, b),
        v.add(a, b),
        v.subtract(a, b),
        v.multiply(a, b),
        v.equal(a, b),
        v.less_than(a, b),
        v.signed_less_than(a, b),
        v.reduce_and(a),
        v.reduce_or(a),
        v.reduce_xor(a),
        v.mux(c, a, b),
        v.concat(a, b),
        v.concat(c, a),
        v.concat(a, c),
        v.concat(a, narrow_amount),
        v.zero_extend(a, width + 1),
        v.zero_extend(a, 1100),
        v.sign_extend(a, width + 1),
        v.sign_extend(a, width + 70),
        v.sign_extend(a, 1100),
    ];
    for amount in [narrow_amount, amount, wide_amount, a] {
        made.push(v.shift_left(a, amount));
        made.push(v.shift_right(a, amount));
        made.push(v.shift_left(b, amount));
        made.push(v.shift_right(b, amount));
    }
    for (low, high) in [(0, 1), (width / 2, width), (width / 3, width - width / 4), (width - 1, width), (0, width)] {
        if low < high {
            made.push(v.slice(a, low, high - low));
            let sum = v.add(a, b);
            made.push(v.slice(sum, low, high - low));
        }
    }
    for constant in [Constant::ones(width), Constant::new(width, 5u32), Constant::new(width, 1u32)] {
        let constant = v.constant(constant);
        made.push(v.add(a, constant));
        made.push(v.subtract(constant, a));
        made.push(v.multiply(a, constant));
        made.push(v.equal(a, constant));
        made.push(v.less_than(a, constant));
        made.push(v.signed_less_than(constant, a));
        made.push(v.xor(a, constant));
        made.push(v.and(a, constant));
    }
    made
}

fn direct(arena: &ValueArena, id: ValueId, inputs: &HashMap<ValueId, BigUint>) -> BigUint {
    match inputs.get(&id) {
        Some(value) => value.clone(),
        None => evaluate(arena, id, &mut |operand| direct(arena, operand, inputs)),
    }
}

#[test]
fn every_operation_at_every_width_equals_big_integer_arithmetic() {
    let mut random = StdRng::seed_from_u64(1);
    for width in WIDTHS {
        let mut builder = Builder::new("operations");
        let made = operations(&mut builder, width);
        for (index, value) in made.iter().enumerate() {
            builder.output(&format!("result_{index}"), *value);
        }
        let arena = builder.circuit.values.clone();
        let ports: Vec<_> = builder.circuit.ports[..6].to_vec();
        let input_values: Vec<ValueId> = ports.iter().map(|port| builder.value(*port)).collect();
        let design = single(builder);
        let mut sim = Simulator::from_design(design).unwrap();
        let input_ports: Vec<_> = ["a", "b", "c", "narrow_amount", "amount", "wide_amount"]
            .iter()
            .map(|name| sim.port_named(name).unwrap())
            .collect();
        let outputs: Vec<_> =
            (0..made.len()).map(|index| sim.port_named(&format!("result_{index}")).unwrap()).collect();
        for round in 0..60 {
            let mut inputs = HashMap::new();
            for (port, value) in input_ports.iter().zip(&input_values) {
                let bits = arena.width(*value);
                let mut drawn = random_value(&mut random, bits);
                if bits == 12 {
                    drawn %= BigUint::from(width + 3);
                } else if bits == 70 && round % 2 == 0 {
                    drawn %= BigUint::from(2 * width);
                }
                sim.set_words(*port, &words(&drawn, bits)).unwrap();
                inputs.insert(*value, drawn);
            }
            if round % 5 == 0 {
                let same = inputs[&input_values[0]].clone();
                sim.set_words(input_ports[1], &words(&same, width)).unwrap();
                inputs.insert(input_values[1], same);
            }
            for (value, port) in made.iter().zip(&outputs) {
                let bits = arena.width(*value);
                let mut found = vec![0; bits.div_ceil(64) as usize];
                sim.get_words(*port, &mut found).unwrap();
                let expected = words(&direct(&arena, *value, &inputs), bits);
                assert_eq!(found, expected, "width {width}: {:?} of {inputs:?}", arena.operation(*value));
            }
        }
    }
}

#[test]
fn all_operations_are_covered() {
    let mut builder = Builder::new("operations");
    let made = operations(&mut builder, 33);
    let kinds: std::collections::HashSet<_> =
        made.iter().map(|value| std::mem::discriminant(builder.circuit.values.operation(*value))).collect();
    // All but constants; the slice of the whole input is the input itself, so plain nets are among them.
    assert_eq!(kinds.len(), 22);
    assert!(!made.iter().any(|value| matches!(builder.circuit.values.operation(*value), Operation::Constant(_))));
}
