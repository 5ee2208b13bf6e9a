//! Random hierarchical designs: every boundary policy against the reference interpreter, every net looked at.

use super::build::Builder;
use super::operations::{random_value, words};
use super::random::{Shape, random_design, random_design_with_timers};
use super::reference::Reference;
use crate::engine::sleep::{GLUE, TICK};
use crate::engine::{Boundaries, NetRef, Options, Packing, Simulator, Sleep};
use hardpath_netlist::{Circuit, CircuitId, Design, NetId, NetType};
use num_bigint::BigUint;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const POLICIES: [Options; 7] = [
    Options { boundaries: Boundaries::Automatic, packing: Packing::Automatic, sleep: Sleep::Automatic },
    Options { boundaries: Boundaries::Automatic, packing: Packing::Automatic, sleep: Sleep::Always },
    Options { boundaries: Boundaries::All, packing: Packing::Always, sleep: Sleep::Always },
    Options { boundaries: Boundaries::All, packing: Packing::Always, sleep: Sleep::Never },
    Options { boundaries: Boundaries::None, packing: Packing::Automatic, sleep: Sleep::Never },
    Options { boundaries: Boundaries::None, packing: Packing::Always, sleep: Sleep::Never },
    Options { boundaries: Boundaries::None, packing: Packing::Never, sleep: Sleep::Never },
];

fn with_policy(design: &Design, policy: Options) -> Simulator {
    Simulator::from_design_with(design.clone(), policy).unwrap()
}

fn inputs_and_outputs(design: &Design) -> (Vec<NetId>, Vec<NetId>, Vec<NetId>) {
    let top = design.top();
    let (mut clocks, mut inputs, mut outputs) = (vec![], vec![], vec![]);
    for port in &top.ports {
        if top.net(*port).net_type == NetType::Clock {
            clocks.push(*port);
        } else if top.net(*port).kind.is_source() {
            inputs.push(*port);
        } else {
            outputs.push(*port);
        }
    }
    (clocks, inputs, outputs)
}

fn every_net(reference: &Reference) -> Vec<NetRef> {
    let mut nets = vec![];
    for (path, circuit) in reference.instances() {
        for net in 0..reference.design.circuit(*circuit).nets.len() as u32 {
            nets.push(NetRef { instance: path.clone(), net: NetId(net) });
        }
    }
    nets
}

/// Instances that sleep, and instances whose own logic rests while something below them ticks.
#[derive(Clone, Copy, Debug, Default)]
struct Resting {
    asleep: usize,
    light: usize,
}

impl Resting {
    fn count(&mut self, sim: &Simulator, body: usize, offset: usize) {
        let (plan, layout) = (sim.bodies[body].as_ref().unwrap(), sim.layouts[body].as_ref().unwrap());
        if let Some(word) = layout.activity.filter(|_| plan.sequential) {
            let bits = sim.machine.state[offset + word] & (TICK | GLUE);
            self.asleep += usize::from(bits & TICK == 0);
            self.light += usize::from(bits == TICK);
        }
        for (child, start) in plan.children.iter().zip(&layout.children) {
            self.count(sim, child.body, offset + start);
        }
    }
}

/// Runs a design in all policies and the reference. With `watch`, every net and memory is compared in every cycle. Inputs
/// change every `hold` cycles. Returns how many instances rested, summed over cycles and policies.
fn compare(design: &Design, random: &mut StdRng, cycles: usize, hold: usize, watch: bool) -> Resting {
    let mut resting = Resting::default();
    let mut reference = Reference::new(design);
    let mut sims: Vec<Simulator> = POLICIES.iter().map(|policy| with_policy(design, *policy)).collect();
    let (clocks, inputs, outputs) = inputs_and_outputs(design);
    let nets = every_net(&reference);
    let plans: Vec<_> = sims.iter_mut().map(|sim| watch.then(|| sim.observation(&nets).unwrap())).collect();
    for cycle in 0..cycles {
        for input in &inputs {
            if cycle % hold != 0 || cycle > 0 && random.random_bool(0.3) {
                continue;
            }
            let width = design.top().net(*input).width;
            let value = random_value(random, width);
            for sim in &mut sims {
                let port = sim.reference_port(&[], *input).unwrap();
                sim.set_words(port, &words(&value, width)).unwrap();
            }
            reference.set(*input, value);
        }
        for (sim, policy) in sims.iter_mut().zip(POLICIES) {
            for output in &outputs {
                let width = design.top().net(*output).width;
                let port = sim.reference_port(&[], *output).unwrap();
                let mut found = vec![0; width.div_ceil(64) as usize];
                sim.get_words(port, &mut found).unwrap();
                assert_eq!(found, words(&reference.net(&[], *output), width), "{policy:?} cycle {cycle} {output:?}");
            }
        }
        for ((sim, plan), policy) in sims.iter_mut().zip(&plans).zip(POLICIES) {
            let Some(plan) = plan else { continue };
            let mut buffer = vec![u64::MAX; plan.words()];
            sim.observe(plan, &mut buffer).unwrap();
            for (index, net) in nets.iter().enumerate() {
                let expected: BigUint = reference.net(&net.instance, net.net);
                let name = sim.path_name(&net.instance, net.net).unwrap();
                let found = &buffer[plan.range(index)];
                assert_eq!(found, words(&expected, plan.width(index)), "{policy:?} cycle {cycle} {name}");
            }
            for (path, circuit) in reference.instances() {
                for (memory, shape) in design.circuit(*circuit).memories.iter().enumerate() {
                    for address in 0..1 << shape.address_bits {
                        let found = sim.memory_word(path, memory, address).unwrap();
                        let expected = words(&reference.memory_word(path, memory, address), shape.width);
                        assert_eq!(found, expected, "{policy:?} cycle {cycle} {path:?} memory {memory} at {address}");
                    }
                }
            }
        }
        let rising: u64 = if clocks.len() == 1 { 1 } else { random.random_range(0..1 << clocks.len()) };
        let risen: Vec<NetId> =
            clocks.iter().enumerate().filter(|(index, _)| rising >> index & 1 == 1).map(|(_, clock)| *clock).collect();
        reference.tick(&risen);
        sims.iter_mut().for_each(|sim| sim.tick_clocks(rising).unwrap());
        sims.iter().for_each(|sim| resting.count(sim, design.top.0 as usize, 0));
    }
    resting
}

#[test]
fn random_single_circuits_equal_the_reference() {
    let mut random = StdRng::seed_from_u64(7);
    for _ in 0..40 {
        let shape =
            Shape { circuits: 1, instances: 0, registers: 8, operations: 40, clocks: 1, widest: 200, arrays: false };
        let design = random_design(&mut random, shape);
        compare(&design, &mut random, 20, 1, true);
    }
}

#[test]
fn random_hierarchies_equal_the_reference_in_every_policy() {
    let mut random = StdRng::seed_from_u64(11);
    for round in 0..30 {
        let shape =
            Shape { circuits: 4, instances: 3, registers: 4, operations: 16, clocks: 1, widest: 130, arrays: false };
        let design = random_design(&mut random, shape);
        compare(&design, &mut random, 12, 1, round % 2 == 0);
    }
}

#[test]
fn random_hierarchies_with_several_clocks_equal_the_reference() {
    let mut random = StdRng::seed_from_u64(13);
    for round in 0..30 {
        let shape =
            Shape { circuits: 3, instances: 3, registers: 5, operations: 16, clocks: 3, widest: 70, arrays: false };
        let design = random_design(&mut random, shape);
        compare(&design, &mut random, 16, 1, round % 2 == 0);
    }
}

/// Long stretches without a change of inputs, cut short by changes of a few of them: instances fall asleep and are woken.
#[test]
fn instances_that_sleep_and_are_woken_equal_the_reference() {
    let mut random = StdRng::seed_from_u64(29);
    let mut slept = 0;
    for round in 0..60 {
        let shape = Shape {
            circuits: 2 + round % 3,
            instances: 3,
            registers: 2,
            operations: 6,
            clocks: 1 + round % 7 / 6,
            widest: 70,
            arrays: false,
        };
        let design = random_design(&mut random, shape);
        slept += compare(&design, &mut random, 60, 7, round % 2 == 0).asleep;
    }
    assert!(slept > 2_000, "instances slept in {slept} cycles only");
}

/// Timers below logic that stands still until one of them is over.
#[test]
fn logic_that_rests_until_a_timer_is_over_equals_the_reference() {
    let mut random = StdRng::seed_from_u64(31);
    let mut light = 0;
    for round in 0..60 {
        let shape = Shape {
            circuits: 1 + round % 3,
            instances: 3,
            registers: 1,
            operations: 4,
            clocks: 1,
            widest: 40,
            arrays: false,
        };
        let design = random_design_with_timers(&mut random, shape);
        light += compare(&design, &mut random, 150, 50, round % 2 == 0).light;
    }
    assert!(light > 2_000, "logic rested in {light} cycles only");
}

#[test]
fn large_repeated_circuits_keep_their_own_body_and_equal_the_reference() {
    let mut random = StdRng::seed_from_u64(17);
    let mut with_children = 0;
    for _ in 0..3 {
        let shape =
            Shape { circuits: 3, instances: 4, registers: 40, operations: 600, clocks: 1, widest: 64, arrays: false };
        let design = random_design(&mut random, shape);
        let sim = with_policy(&design, Options::default());
        with_children += u32::from(sim.bodies.iter().flatten().count() > 1);
        compare(&design, &mut random, 6, 1, true);
    }
    assert!(with_children > 0, "no design of this shape has a body below the top");
}

#[test]
fn random_arrays_of_instances_share_words_and_equal_the_reference() {
    let mut random = StdRng::seed_from_u64(23);
    let mut packed = 0;
    for round in 0..24 {
        let clocks = 1 + round % 2;
        let instances = 4 + round % 5;
        let shape = Shape { circuits: 3, instances, registers: 6, operations: 12, clocks, widest: 40, arrays: true };
        let design = random_design(&mut random, shape);
        let sim = with_policy(&design, POLICIES[5]);
        let packs = sim.bodies.iter().flatten().flat_map(|body| &body.bundles).map(|bundle| bundle.packs.len());
        packed += usize::from(packs.sum::<usize>() > 0);
        compare(&design, &mut random, 24, 1, round % 2 == 0);
    }
    assert!(packed > 12, "registers were packed in {packed} of 24 designs only");
}

#[test]
fn bodies_are_given_to_what_is_large_and_copied_often() {
    let small = |name: &str| {
        let mut b = Builder::new(name);
        let mut value = b.input("input", 64);
        let factor = b.input("factor", 64);
        for _ in 0..100 {
            let product = b.circuit.values.multiply(value, factor);
            value = b.circuit.values.add(product, factor);
        }
        b.output("output", value);
        b.finish()
    };
    // The inner circuit stands once in the middle one, which stands in the top as often as asked.
    let own = |copies: usize| {
        let inner = small("inner");
        let wrap = |name: &str, id: u32, child: &Circuit, copies: usize| {
            let mut b = Builder::new(name);
            let input = b.input("input", 64);
            let factor = b.input("factor", 64);
            let mut value = input;
            for copy in 0..copies {
                let placed = b.instance(&format!("copy_{copy}"), CircuitId(id), child);
                b.drive(placed.connections[0], value);
                b.drive(placed.connections[1], factor);
                value = b.value(placed.connections[2]);
            }
            b.output("output", value);
            b.finish()
        };
        let middle = wrap("middle", 0, &inner, 1);
        let top = wrap("top", 1, &middle, copies);
        let design = Design { circuits: vec![inner, middle, top], top: CircuitId(2) };
        let sim = with_policy(&design, Options::default());
        sim.bodies.iter().map(Option::is_some).collect::<Vec<bool>>()
    };
    assert_eq!(own(2), [false, false, true]);
    assert_eq!(own(40), [false, true, true]);
}

#[test]
fn running_many_cycles_at_once_equals_ticking_one_by_one() {
    let mut random = StdRng::seed_from_u64(19);
    for _ in 0..10 {
        let shape =
            Shape { circuits: 3, instances: 3, registers: 6, operations: 20, clocks: 1, widest: 90, arrays: false };
        let design = random_design(&mut random, shape);
        let nets = every_net(&Reference::new(&design));
        let values = |sim: &mut Simulator| {
            let plan = sim.observation(&nets).unwrap();
            let mut buffer = vec![0; plan.words()];
            sim.observe(&plan, &mut buffer).unwrap();
            (0..nets.len()).map(|index| buffer[plan.range(index)].to_vec()).collect::<Vec<_>>()
        };
        let mut stepped = with_policy(&design, POLICIES[5]);
        (0..1000).for_each(|_| stepped.tick());
        let expected = values(&mut stepped);
        for policy in POLICIES {
            let mut sim = with_policy(&design, policy);
            sim.run(1000);
            assert_eq!(sim.cycles(), 1000);
            assert_eq!(values(&mut sim), expected, "{policy:?}");
        }
    }
}
