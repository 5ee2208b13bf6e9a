//! The executor: phases, order, handshakes, idle stretches, errors.

use super::build::{Builder, single};
use crate::engine::{
    Bench, Boundaries, ClockSchedule, Error, Options, Port, Simulator, TaskResult, Testbench, TestbenchError,
};
use hardpath_netlist::{Constant, Design};
use rust_hdl::prelude::Bits;
use std::cell::RefCell;
use std::rc::Rc;

/// `ready = valid & open` within the cycle, a register that counts transfers, and a free-running counter.
fn gate() -> Design {
    let mut b = Builder::new("gate");
    let clock = b.clock("clock");
    let valid = b.input("valid", 1);
    let open = b.input("open", 1);
    let data = b.input("data", 16);
    let (count, count_next) = b.register("count", clock, Constant::zero(32));
    let (sum, sum_next) = b.register("sum", clock, Constant::zero(32));
    let (time, time_next) = b.register("time", clock, Constant::zero(32));
    let v = &mut b.circuit.values;
    let ready = v.and(valid, open);
    let one = v.constant(Constant::new(32, 1u32));
    let more = v.add(count, one);
    let counted = v.mux(ready, more, count);
    let word = v.zero_extend(data, 32);
    let total = v.add(sum, word);
    let summed = v.mux(ready, total, sum);
    let later = v.add(time, one);
    b.drive(count_next, counted);
    b.drive(sum_next, summed);
    b.drive(time_next, later);
    b.output("ready", ready);
    b.output("count_out", count);
    b.output("sum_out", sum);
    b.output("time_out", time);
    single(b)
}

struct Ports {
    valid: Port<bool>,
    open: Port<bool>,
    ready: Port<bool>,
    data: Port<Bits<16>>,
    count: Port<Bits<32>>,
    sum: Port<Bits<32>>,
    time: Port<Bits<32>>,
}

fn testbench() -> (Testbench, Ports) {
    let mut sim = Simulator::from_design(gate()).unwrap();
    let ports = Ports {
        valid: sim.typed_port_named("valid").unwrap(),
        open: sim.typed_port_named("open").unwrap(),
        ready: sim.typed_port_named("ready").unwrap(),
        data: sim.typed_port_named("data").unwrap(),
        count: sim.typed_port_named("count_out").unwrap(),
        sum: sim.typed_port_named("sum_out").unwrap(),
        time: sim.typed_port_named("time_out").unwrap(),
    };
    (Testbench::new(sim), ports)
}

async fn produce(bench: Bench, ports: (Port<bool>, Port<bool>, Port<Bits<16>>), words: u64) -> TaskResult {
    let (valid, ready, data) = ports;
    for word in 1..=words {
        bench.set_u64(data, word)?;
        bench.offer(valid, ready).await?;
    }
    Ok(())
}

async fn open_at_times(bench: Bench, open: Port<bool>) -> TaskResult {
    for cycle in 0u64.. {
        bench.set(open, cycle % 3 == 1)?;
        bench.cycle().await;
    }
    Ok(())
}

#[test]
fn a_ready_that_depends_on_valid_in_the_cycle_is_read_right_whatever_the_order_of_tasks() {
    let mut ends = vec![];
    for opener_first in [false, true] {
        let (mut testbench, ports) = testbench();
        let bench = testbench.bench();
        if opener_first {
            testbench.spawn_background("opener", open_at_times(bench.clone(), ports.open));
        }
        testbench.spawn("producer", produce(bench.clone(), (ports.valid, ports.ready, ports.data), 100));
        if !opener_first {
            testbench.spawn_background("opener", open_at_times(bench, ports.open));
        }
        ends.push(testbench.run(1000).unwrap());
        let (count, sum) = testbench.simulator(|sim| Ok((sim.get_u64(ports.count)?, sim.get_u64(ports.sum)?))).unwrap();
        assert_eq!((count, sum), (100, 5050));
    }
    // Open in cycles 1, 4, 7, ...: the hundredth transfer happens in cycle 298 and its edge is the 299th.
    assert_eq!(ends, [299, 299]);
}

#[test]
fn phases_are_kept_apart_by_errors() {
    let (mut testbench, ports) = testbench();
    let bench = testbench.bench();
    testbench.spawn("task", async move {
        assert_eq!(bench.get(ports.ready), Err(Error::ReadWhileDriving { name: "ready".to_string() }));
        assert_eq!(bench.get_u64(ports.count)?, 0);
        bench.sample().await;
        assert!(!bench.get(ports.ready)?);
        assert_eq!(bench.set(ports.open, true), Err(Error::SetWhileSampling { name: "open".to_string() }));
        bench.cycle().await;
        bench.set(ports.open, true)?;
        assert_eq!(bench.set(ports.ready, true), Err(Error::NotAnInput { name: "ready".to_string() }));
        Ok(())
    });
    assert_eq!(testbench.run(10).unwrap(), 1);
}

#[test]
fn moments_come_in_order_and_tasks_in_order_of_spawning() {
    let (mut testbench, ports) = testbench();
    let log = Rc::new(RefCell::new(vec![]));
    for name in ["a", "b"] {
        let (bench, log) = (testbench.bench(), Rc::clone(&log));
        testbench.spawn(name, async move {
            for _ in 0..2 {
                log.borrow_mut().push((name, "drive", bench.time()));
                bench.sample().await;
                log.borrow_mut().push((name, "sample", bench.time()));
                bench.cycle().await;
            }
            bench.cycles(5).await;
            log.borrow_mut().push((name, "late", bench.get_u64(ports.time)?));
            Ok(())
        });
    }
    assert_eq!(testbench.run(100).unwrap(), 7);
    let expected = [
        ("a", "drive", 0),
        ("b", "drive", 0),
        ("a", "sample", 0),
        ("b", "sample", 0),
        ("a", "drive", 1),
        ("b", "drive", 1),
        ("a", "sample", 1),
        ("b", "sample", 1),
        ("a", "late", 7),
        ("b", "late", 7),
    ];
    assert_eq!(*log.borrow(), expected);
}

#[test]
fn sampling_in_a_loop_sees_every_cycle() {
    let (mut testbench, ports) = testbench();
    let bench = testbench.bench();
    testbench.spawn("monitor", async move {
        for cycle in 0..50 {
            bench.sample().await;
            assert_eq!(bench.get_u64(ports.time)?, cycle);
        }
        bench.until(|bench| Ok(bench.get_u64(ports.time)? == 70)).await?;
        bench.cycle().await;
        assert_eq!(bench.get_u64(ports.time)?, 71);
        Ok(())
    });
    assert_eq!(testbench.run(100).unwrap(), 71);
}

#[test]
fn tasks_start_tasks() {
    let (mut testbench, _) = testbench();
    let bench = testbench.bench();
    let log = Rc::new(RefCell::new(vec![]));
    let inner_log = Rc::clone(&log);
    testbench.spawn("outer", async move {
        let (first, second) = (bench.clone(), bench.clone());
        let (first_log, second_log) = (Rc::clone(&inner_log), Rc::clone(&inner_log));
        bench.spawn("driving", async move {
            first_log.borrow_mut().push(("driving", first.time()));
            Ok(())
        });
        bench.sample().await;
        bench.spawn("sampling", async move {
            second_log.borrow_mut().push(("sampling", second.time()));
            second.cycles(3).await;
            Ok(())
        });
        Ok(())
    });
    assert_eq!(testbench.run(100).unwrap(), 4);
    assert_eq!(*log.borrow(), [("driving", 0), ("sampling", 1)]);
}

#[test]
fn the_limit_names_the_waiting_tasks() {
    let (mut testbench, ports) = testbench();
    let bench = testbench.bench();
    testbench.spawn("producer", produce(bench.clone(), (ports.valid, ports.ready, ports.data), 1));
    testbench.spawn_background("background", async move {
        loop {
            bench.cycle().await;
        }
    });
    match testbench.run(25) {
        Err(TestbenchError::Timeout { limit: 25, waiting }) => assert_eq!(waiting, ["producer"]),
        other => panic!("{other:?}"),
    }
    assert_eq!(testbench.simulator(|sim| sim.get_u64(ports.time)).unwrap(), 25);
}

#[test]
fn failing_and_foreign_tasks_end_the_run() {
    let (mut testbench, _) = testbench();
    let bench = testbench.bench();
    testbench.spawn("failing", async move {
        bench.cycles(3).await;
        anyhow::bail!("word 7 differs")
    });
    let error = testbench.run(100).unwrap_err();
    assert_eq!(error.to_string(), "task `failing` at time 3: word 7 differs");

    testbench.spawn("elsewhere", std::future::pending());
    assert!(matches!(testbench.run(100), Err(TestbenchError::ForeignWait { name }) if name == "elsewhere"));
}

#[test]
fn idle_stretches_are_skipped_over() {
    let (mut testbench, ports) = testbench();
    let bench = testbench.bench();
    testbench.spawn("sleeper", async move {
        bench.cycles(20_000_000).await;
        assert_eq!(bench.get_u64(ports.time)?, 20_000_000);
        Ok(())
    });
    assert_eq!(testbench.run(u64::MAX / 4).unwrap(), 20_000_000);
}

#[test]
fn the_hook_sees_every_settled_cycle() {
    let (mut testbench, ports) = testbench();
    let bench = testbench.bench();
    testbench.spawn("driver", async move {
        bench.set(ports.valid, true)?;
        bench.cycles(3).await;
        bench.set(ports.open, true)?;
        bench.cycles(2).await;
        Ok(())
    });
    let seen = Rc::new(RefCell::new(vec![]));
    let hook_seen = Rc::clone(&seen);
    testbench.every_cycle(move |sim, edge| {
        hook_seen.borrow_mut().push((edge, sim.get(ports.ready)?, sim.get_u64(ports.time)?));
        Ok(())
    });
    testbench.run(100).unwrap();
    assert_eq!(*seen.borrow(), [(1, false, 0), (2, false, 1), (3, false, 2), (4, true, 3), (5, true, 4)]);
}

#[test]
fn clocks_with_periods_of_their_own_rise_when_they_should() {
    let mut b = Builder::new("two_clocks");
    let clocks = [b.clock("fast_clock"), b.clock("slow_clock")];
    for (name, clock) in ["fast", "slow"].into_iter().zip(clocks) {
        let (count, next) = b.register(name, clock, Constant::zero(16));
        let one = b.circuit.values.constant(Constant::new(16, 1u32));
        let more = b.circuit.values.add(count, one);
        b.drive(next, more);
        b.output(&format!("{name}_count"), count);
    }
    let design = single(b);
    for boundaries in [Boundaries::All, Boundaries::None] {
        let mut sim =
            Simulator::from_design_with(design.clone(), Options { boundaries, ..Options::default() }).unwrap();
        let fast = sim.port_named("fast_count").unwrap();
        let slow = sim.port_named("slow_count").unwrap();
        let schedules =
            vec![ClockSchedule { domain: 0, period: 3, first: 1 }, ClockSchedule { domain: 1, period: 5, first: 1 }];
        let mut testbench = Testbench::with_clocks(sim, schedules).unwrap();
        let bench = testbench.bench();
        let slow_bench = bench.clock(1).unwrap();
        assert_eq!(bench.clock(2).err(), Some(Error::UnknownClock { domain: 2, domains: 2 }));
        testbench.spawn("slow", async move {
            slow_bench.cycle().await;
            assert_eq!((slow_bench.time(), slow_bench.get_u64(fast)?, slow_bench.get_u64(slow)?), (1, 1, 1));
            slow_bench.cycles(2).await;
            assert_eq!((slow_bench.time(), slow_bench.get_u64(fast)?, slow_bench.get_u64(slow)?), (11, 4, 3));
            slow_bench.sample().await;
            assert_eq!((slow_bench.get_u64(fast)?, slow_bench.get_u64(slow)?), (5, 3));
            slow_bench.cycle().await;
            assert_eq!((slow_bench.time(), slow_bench.get_u64(fast)?, slow_bench.get_u64(slow)?), (16, 6, 4));
            Ok(())
        });
        assert_eq!(testbench.run(100).unwrap(), 16);
        testbench.spawn("fast", async move {
            bench.cycles(2).await;
            assert_eq!((bench.time(), bench.get_u64(fast)?, bench.get_u64(slow)?), (22, 8, 5));
            Ok(())
        });
        assert_eq!(testbench.run(100).unwrap(), 22);
    }
}

#[test]
fn schedules_without_sense_are_refused() {
    let schedule = |period, first| vec![ClockSchedule { domain: 0, period, first }];
    for clocks in [vec![], schedule(0, 1), schedule(1, 0), [schedule(1, 1), schedule(2, 1)].concat()] {
        let sim = Simulator::from_design(gate()).unwrap();
        assert!(matches!(Testbench::with_clocks(sim, clocks), Err(Error::Schedule { .. })));
    }
    let sim = Simulator::from_design(gate()).unwrap();
    let unknown = vec![ClockSchedule { domain: 1, period: 1, first: 1 }];
    assert!(matches!(Testbench::with_clocks(sim, unknown), Err(Error::UnknownClock { domain: 1, domains: 1 })));
}
