//! Looking into the design: any net by path, and selections of nets by compiled observation.

use crate::engine::compile::{Observed, Plans};
use crate::engine::error::{Error, Result};
use crate::engine::layout::words_of;
use crate::engine::observe::{NetRef, ObservationPlan};
use crate::engine::resolve::Resolver;
use crate::engine::simulator::Simulator;
use hardpath_netlist::{Constant, NetId};

impl Simulator {
    /// Finds a net by its path: instance names and the net's name joined by dots, `writer.engine.parity_word`.
    pub fn find_net(&self, path: &str) -> Result<NetRef> {
        let mut names: Vec<&str> = path.split('.').collect();
        let name = names.pop().unwrap_or_default();
        let mut instance = Vec::new();
        let mut circuit = self.design().top();
        for step in names {
            let Some(index) = circuit.instances.iter().position(|instance| instance.name == step) else {
                let known: Vec<&str> = circuit.instances.iter().map(|instance| instance.name.as_str()).collect();
                let known = format!("`{}` has the instances {}", circuit.name, listed(&known));
                return Err(Error::UnknownNet { name: path.to_string(), known });
            };
            circuit = self.design().circuit(circuit.instances[index].circuit);
            instance.push(index);
        }
        match circuit.find_net(name) {
            Some(net) => Ok(NetRef { instance, net }),
            None => {
                let known: Vec<&str> = circuit.nets.iter().map(|net| net.name.as_str()).collect();
                let known = format!("`{}` has the nets {}", circuit.name, listed(&known));
                Err(Error::UnknownNet { name: path.to_string(), known })
            }
        }
    }

    /// The present value of any net, by path. What is no register and no port of the top is compiled on the first look at
    /// it: for many nets use [`Simulator::observation`].
    pub fn peek(&mut self, path: &str) -> Result<Constant> {
        let NetRef { instance, net } = self.find_net(path)?;
        self.peek_net(&instance, net)
    }

    /// The present value of any net, by reference; see [`Simulator::peek`].
    pub fn peek_net(&mut self, instance: &[usize], net: NetId) -> Result<Constant> {
        let port = self.reference_port(instance, net)?;
        let width = self.port_width(port)?;
        let mut words = vec![0; words_of(width)];
        self.get_words(port, &mut words)?;
        Ok(Constant::from_words(width, &words))
    }

    /// Compiles one function that evaluates all these nets. Nets may be of any kind and repeat.
    pub fn observation(&mut self, nets: &[NetRef]) -> Result<ObservationPlan> {
        let mut widths = Vec::with_capacity(nets.len());
        for net in nets {
            let circuit = self.circuit_at(&net.instance)?;
            let Some(found) = circuit.nets.get(net.net.0 as usize) else {
                return Err(Error::UnknownReference { instance: net.instance.clone(), net: net.net.0 });
            };
            widths.push(found.width);
        }
        let mut plan = ObservationPlan::new(self.identity, 0, widths);
        let wanted: Vec<Wanted> =
            nets.iter().enumerate().map(|(index, net)| Wanted { path: &net.instance, net: net.net, index }).collect();
        let mut order = Vec::new();
        let top = self.design.top.0 as usize;
        let observed = self.observed(top, &wanted, &plan, &mut order)?;
        plan.rearrange(&order);
        let plans = Plans { bodies: &self.bodies, layouts: &self.layouts };
        plan.function = self.machine.add_observation(plans, &observed, plan.words)?;
        Ok(plan)
    }

    /// Evaluates the plan's nets as they stand in the present cycle, for the inputs as they are set, into the first
    /// [`ObservationPlan::words`] words of the buffer.
    #[inline]
    pub fn observe(&mut self, plan: &ObservationPlan, buffer: &mut [u64]) -> Result<()> {
        if plan.simulator != self.identity {
            return Err(Error::OtherSimulator { what: "observation plan" });
        }
        if buffer.len() < plan.words {
            return Err(Error::Buffer { expected: plan.words, actual: buffer.len() });
        }
        self.machine.observe(plan.function, buffer);
        Ok(())
    }

    /// Splits a selection by body: the body's own nets first, then one part of the buffer per child. `order` receives the
    /// selection's indices in the order in which they come to lie.
    fn observed(
        &mut self,
        index: usize,
        wanted: &[Wanted],
        plan: &ObservationPlan,
        order: &mut Vec<usize>,
    ) -> Result<Observed> {
        let mut observed = Observed { body: index, ..Observed::default() };
        let mut below: Vec<(usize, Vec<Wanted>)> = Vec::new();
        let mut word = 0;
        for want in wanted {
            let reference = || Error::UnknownReference { instance: want.path.to_vec(), net: want.net.0 };
            let body = self.bodies[index].as_ref().ok_or_else(reference)?;
            let (scope, child, taken) = body.descend(want.path).ok_or_else(reference)?;
            match child {
                None => {
                    // Bodies hold each other's ports, so the one that grows is taken out for the while.
                    let Some(mut body) = self.bodies[index].take() else { return Err(reference()) };
                    let resolver = Resolver { design: &self.design, bodies: &self.bodies };
                    let value = resolver.net(&mut body, scope, want.net);
                    self.bodies[index] = Some(body);
                    observed.values.push((value?, word));
                    order.push(want.index);
                    word += words_of(plan.width(want.index));
                }
                Some(child) => {
                    let inner = Wanted { path: &want.path[taken..], ..*want };
                    match below.iter_mut().find(|(known, _)| *known == child) {
                        Some((_, list)) => list.push(inner),
                        None => below.push((child, vec![inner])),
                    }
                }
            }
        }
        for (child, list) in below {
            let circuit = match &self.bodies[index] {
                Some(body) => body.children[child].body,
                None => continue,
            };
            let words: usize = list.iter().map(|want| words_of(plan.width(want.index))).sum();
            observed.children.push((child, word, self.observed(circuit, &list, plan, order)?));
            word += words;
        }
        self.resolve_child_inputs(index, observed.children.iter().map(|(child, ..)| *child).collect())?;
        Ok(observed)
    }

    /// Resolves all inputs that the code of these children may read.
    fn resolve_child_inputs(&mut self, index: usize, children: Vec<usize>) -> Result<()> {
        let Some(mut body) = self.bodies[index].take() else { return Ok(()) };
        let resolver = Resolver { design: &self.design, bodies: &self.bodies };
        let mut result = Ok(());
        for child in children {
            let inner = self.bodies[body.children[child].body].as_ref();
            for port in inner.map(crate::engine::body::Body::used_inputs).unwrap_or_default() {
                let resolved = crate::engine::flatten::child_input(&resolver, &mut body, child, port);
                result = result.and(resolved.map(|_| ()));
            }
        }
        self.bodies[index] = Some(body);
        result
    }
}

/// A net of a selection, its path counted from the body at hand.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    path: &'a [usize],
    net: NetId,
    index: usize,
}

/// The first few of a list of names.
fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 20;
    match names.len() {
        0 => "(none)".to_string(),
        count if count <= SHOWN => names.join(", "),
        count => format!("{} and {} more", names[..SHOWN].join(", "), count - SHOWN),
    }
}
