//! Cycles per second of the compiled engine on designs with their stimulus inside: `cargo run --release --example
//! engine_speed [cycles]`.

use hardpath_rtl::raid::ParityBenchmark;
use hardpath_sim::engine::{Boundaries, Options, Simulator, Testbench};
use rust_hdl::prelude::*;
use std::time::Instant;

/// A register that shifts a pattern, and a RAM that keeps what it shows.
#[derive(LogicBlock, Default)]
struct Lane {
    pub clock: Signal<In, Clock>,
    pub seed: Signal<In, Bits<64>>,
    pub address: Signal<In, Bits<9>>,
    pub word: Signal<Out, Bits<64>>,
    pattern: DFF<Bits<64>>,
    words: RAM<Bits<64>, 9>,
}

impl Logic for Lane {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, pattern);
        self.words.read_clock.next = self.clock.val();
        self.words.write_clock.next = self.clock.val();
        self.pattern.d.next = (self.pattern.q.val() << 1) ^ self.seed.val();
        self.words.read_address.next = self.address.val();
        self.words.write_address.next = self.address.val();
        self.words.write_enable.next = true;
        self.words.write_data.next = self.pattern.q.val() ^ self.words.read_data.val();
        self.word.next = self.words.read_data.val();
    }
}

/// Ten lanes of 64 bits with a RAM each, their words joined by exclusive or.
#[derive(LogicBlock)]
struct Lanes {
    pub clock: Signal<In, Clock>,
    pub checksum: Signal<Out, Bits<64>>,
    lanes: [Lane; 10],
    address: DFF<Bits<9>>,
    sum: DFF<Bits<64>>,
    parity: Signal<Local, Bits<64>>,
    salts: [Constant<Bits<64>>; 10],
}

impl Default for Lanes {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            checksum: Default::default(),
            lanes: std::array::from_fn(|_| Lane::default()),
            address: Default::default(),
            sum: Default::default(),
            parity: Default::default(),
            salts: std::array::from_fn(|lane| Constant::new((1 << lane).into())),
        }
    }
}

impl Logic for Lanes {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, address, sum);
        self.address.d.next = self.address.q.val() + 1;
        self.parity.next = bits::<64>(0);
        for i in 0..10 {
            self.lanes[i].clock.next = self.clock.val();
            self.lanes[i].seed.next = self.sum.q.val() ^ self.salts[i].val();
            self.lanes[i].address.next = self.address.q.val();
            self.parity.next = self.parity.val() ^ self.lanes[i].word.val();
        }
        self.sum.d.next = (self.sum.q.val() + 1) ^ self.parity.val();
        self.checksum.next = self.sum.q.val();
    }
}

fn measure(name: &str, uut: &dyn Block, cycles: u64) -> anyhow::Result<()> {
    let mut checksums = Vec::new();
    for boundaries in [Boundaries::Automatic, Boundaries::All, Boundaries::None] {
        let start = Instant::now();
        let mut sim = Simulator::build_with(uut, Options { boundaries, ..Options::default() })?;
        let build = start.elapsed();
        sim.run(1000);
        let start = Instant::now();
        sim.run(cycles);
        let run = start.elapsed();
        let start = Instant::now();
        let ticks = cycles / 10;
        let checksum = sim.port_named("checksum")?;
        let mut sum = 0;
        for _ in 0..ticks {
            sum ^= sim.get_u64(checksum)?;
            sim.tick();
        }
        let ticked = start.elapsed();
        checksums.push((sum, sim.get_u64(checksum)?));
        println!(
            "{name:24} {:10} build {:7.1} ms   run {:8.2} M cycles/s   tick and read {:8.2} M cycles/s",
            format!("{boundaries:?}"),
            build.as_secs_f64() * 1e3,
            cycles as f64 / run.as_secs_f64() / 1e6,
            ticks as f64 / ticked.as_secs_f64() / 1e6,
        );
    }
    anyhow::ensure!(checksums.windows(2).all(|pair| pair[0] == pair[1]), "{name}: checksums {checksums:x?} differ");
    Ok(())
}

/// Ten tasks that sample and read in every cycle.
fn measure_tasks(uut: &dyn Block, cycles: u64) -> anyhow::Result<()> {
    const TASKS: u32 = 10;
    let mut testbench = Testbench::new(Simulator::build(uut)?);
    let checksum = testbench.simulator(|sim| sim.port_named("checksum"))?;
    for task in 0..TASKS {
        let bench = testbench.bench();
        testbench.spawn(format!("task_{task}"), async move {
            let mut sum = 0u64;
            for _ in 0..cycles {
                bench.sample().await;
                sum = sum.wrapping_add(bench.get_u64(checksum)?);
                bench.cycle().await;
            }
            anyhow::ensure!(sum != 0, "the checksum stands still");
            Ok(())
        });
    }
    let start = Instant::now();
    testbench.run(u64::MAX / 4)?;
    let nanoseconds = start.elapsed().as_secs_f64() * 1e9 / cycles as f64;
    println!("executor: {nanoseconds:.0} ns a cycle with {TASKS} tasks that each sample, read and await the edge");
    Ok(())
}

fn main() -> anyhow::Result<()> {
    let cycles = std::env::args().nth(1).map_or(Ok(3_000_000), |text| text.parse())?;
    let mut lanes = Box::new(Lanes::default());
    lanes.clock.connect();
    lanes.connect_all();
    measure("10 XOR lanes with RAM", &*lanes, cycles)?;
    measure_tasks(&*lanes, cycles / 10)?;
    let mut writer = Box::new(ParityBenchmark::<64, 9>::new(9, 512)?);
    writer.clock.connect();
    writer.connect_all();
    measure("parity write path 9+1", &*writer, cycles)?;
    Ok(())
}
