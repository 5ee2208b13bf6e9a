//! Drivers of single inputs that many blocks want.

use hardpath_testbenches::cosimulation::{Driver, Free, Sequence};
use rand::Rng;
use rand::rngs::StdRng;

/// Any value, another one with a probability in each cycle.
pub fn free(name: &str, change: f64) -> Box<dyn Driver> {
    Box::new(Free::new(name, change))
}

/// A value for each cycle.
pub fn drawn(name: &str, mut draw: impl FnMut(u64, &mut StdRng) -> u64 + 'static) -> Box<dyn Driver> {
    Box::new(Sequence::new(name, move |cycle, random| vec![draw(cycle, random)]))
}

/// High with a probability in each cycle.
pub fn chance(name: &str, probability: f64) -> Box<dyn Driver> {
    drawn(name, move |_, random| u64::from(random.random_bool(probability)))
}

/// High in one of `period` cycles.
pub fn pulse(name: &str, period: u32) -> Box<dyn Driver> {
    drawn(name, move |_, random| u64::from(random.random_range(0..period) == 0))
}

/// A random number from `low` up to below `high` in every cycle.
pub fn between(name: &str, low: u64, high: u64) -> Box<dyn Driver> {
    drawn(name, move |_, random| random.random_range(low..high))
}

/// A random number below `limit` in every cycle.
pub fn below(name: &str, limit: u64) -> Box<dyn Driver> {
    between(name, 0, limit)
}

/// One of a few numbers, changing seldom.
pub fn one_of(name: &str, numbers: &'static [u64]) -> Box<dyn Driver> {
    let mut chosen = numbers[0];
    drawn(name, move |_, random| {
        if random.random_range(0..20) == 0 {
            chosen = numbers[random.random_range(0..numbers.len())];
        }
        chosen
    })
}

/// The inputs of every cycle as they were recorded: names, and values for each cycle.
pub fn replayed((names, cycles): &(Vec<String>, Vec<Vec<Vec<u64>>>)) -> Vec<Box<dyn Driver>> {
    let driver = |(place, name): (usize, &String)| {
        let values: Vec<_> = cycles.iter().map(|inputs| inputs[place].clone()).collect();
        Box::new(Sequence::new(name, move |cycle, _| values[cycle as usize].clone())) as Box<dyn Driver>
    };
    names.iter().enumerate().map(driver).collect()
}
