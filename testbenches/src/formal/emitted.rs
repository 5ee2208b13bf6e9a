//! The emitted Verilog of one circuit, ready to be looked into or broken.

use anyhow::{Result, bail, ensure};
use hardpath_gen::verilog::{self, VerilogFile};
use hardpath_netlist::elaborate;
use rust_hdl::prelude::Block;
use std::fs;
use std::path::{Path, PathBuf};

/// The files that the emitter writes for a circuit, and what a proof adds to them or breaks in them.
#[derive(Clone, Debug)]
pub struct EmittedVerilog {
    /// Children first, the outermost module last.
    files: Vec<VerilogFile>,
    /// Names of the outermost module's added ports, without `observed_`.
    connections: Vec<String>,
}

impl EmittedVerilog {
    /// Elaborates a circuit and emits it.
    ///
    /// # Errors
    /// If the circuit does not elaborate.
    pub fn of(mut block: impl Block) -> Result<Self> {
        block.connect_all();
        let design = elaborate(&block)?.design;
        Ok(Self { files: verilog::emit(&design), connections: Vec::new() })
    }

    /// Name of the outermost module.
    pub fn top(&self) -> &str {
        &self.top_file().module
    }

    /// Replaces `original` in the module whose name starts with `module` by `planted`: a bug for a proof to find.
    ///
    /// # Errors
    /// If there is not exactly one such module or `original` does not stand in it exactly once.
    pub fn with_bug(mut self, module: &str, original: &str, planted: &str) -> Result<Self> {
        let file = self.file(module)?;
        replace_once(&mut file.text, original, planted)?;
        Ok(self)
    }

    /// Lets every memory be read by the solver as that many registers, which behave alike and are decided sooner if they are
    /// few.
    pub fn with_memories_as_registers(mut self) -> Self {
        for file in &mut self.files {
            file.text = file.text.replace("(* no_rw_check *)", "(* mem2reg *)");
        }
        self
    }

    /// Lets the outermost module's `memory` of `words` words have only `fewer`, for checkers that use no others.
    ///
    /// # Errors
    /// If the outermost module has no such memory.
    pub fn with_fewer_words(mut self, memory: &str, words: usize, fewer: usize) -> Result<Self> {
        let top = self.top().to_owned();
        let text = &mut self.file(&top)?.text;
        replace_once(text, &format!(" {memory} [0:{}];", words - 1), &format!(" {memory} [0:{}];", fewer - 1))?;
        replace_once(text, &format!("{memory}_word < {words};"), &format!("{memory}_word < {fewer};"))?;
        Ok(self)
    }

    /// Makes `expression`, of `bits` bits, of the module at the end of `instances` (instance names from the outermost
    /// module inwards) an output of the outermost module, `observed_<name>`, which a checker sees as its wire `name`. No
    /// logic changes.
    ///
    /// # Errors
    /// If a module or instance is not found.
    pub fn observe(mut self, instances: &[&str], name: &str, bits: usize, expression: &str) -> Result<Self> {
        let port = format!("output wire [{}:0] observed_{name}", bits - 1);
        let mut module = self.top().to_owned();
        let mut modules = vec![module.clone()];
        for instance in instances {
            let text = &mut self.file(&module)?.text;
            let opening = format!(" {instance} (\n");
            let Some((before, _)) = text.split_once(&opening) else {
                bail!("module {module} has no instance {instance}");
            };
            let child = before.rsplit(char::is_whitespace).next().unwrap_or_default().to_owned();
            replace_once(text, &opening, &format!("{opening}        .observed_{name}(observed_{name}),\n"))?;
            module = child;
            modules.push(module.clone());
        }
        for module in &modules {
            add_port(&mut self.file(module)?.text, &port)?;
        }
        add_statement(&mut self.file(&module)?.text, &format!("assign observed_{name} = {expression};"))?;
        self.connections.push(name.to_owned());
        Ok(self)
    }

    /// Like [`observe`](Self::observe) in the outermost module, for the word of `memory` at an address that the checker gives
    /// on its wire `<name>_address`.
    ///
    /// # Errors
    /// If the outermost module has no such place.
    pub fn observe_memory(mut self, memory: &str, name: &str, bits: usize, address_bits: usize) -> Result<Self> {
        let top = self.top().to_owned();
        let port = format!("input wire [{}:0] observed_{name}_address", address_bits - 1);
        add_port(&mut self.file(&top)?.text, &port)?;
        self.connections.push(format!("{name}_address"));
        self.observe(&[], name, bits, &format!("{memory}[observed_{name}_address]"))
    }

    /// Lets the outermost module's `memory` deliver any word where a read meets a write of the same address, as block RAM
    /// may, instead of the old word that simulation gives.
    ///
    /// # Errors
    /// If the outermost module has no such memory.
    pub fn with_arbitrary_collisions(mut self, memory: &str, bits: usize) -> Result<Self> {
        let top = self.top().to_owned();
        let text = &mut self.file(&top)?.text;
        let read = format!("{memory}_read_data <= {memory}[{memory}_read_address];");
        let collides = format!("{memory}_write_enable & ({memory}_write_address == {memory}_read_address)");
        let arbitrary = format!("{memory}_collided");
        let pessimistic =
            format!("{memory}_read_data <= ({collides}) ? {arbitrary} : {memory}[{memory}_read_address];");
        replace_once(text, &read, &pessimistic)?;
        replace_once(text, "\n);\n", &format!("\n);\n\n    (* anyseq *) wire [{}:0] {arbitrary};\n", bits - 1))?;
        Ok(self)
    }

    /// Connections of the ports that observation added, for the instance of the outermost module in a checker.
    pub(super) fn connections(&self) -> String {
        self.connections.iter().map(|name| format!(", .observed_{name}({name})")).collect()
    }

    /// Writes the files into `directory` and returns their paths.
    pub(super) fn write(&self, directory: &Path) -> Result<Vec<PathBuf>> {
        let mut paths = Vec::new();
        for file in &self.files {
            let path = directory.join(&file.file_name);
            fs::write(&path, &file.text)?;
            paths.push(path);
        }
        Ok(paths)
    }

    fn top_file(&self) -> &VerilogFile {
        self.files.last().expect("a design has a module")
    }

    fn file(&mut self, module: &str) -> Result<&mut VerilogFile> {
        let mut found = self.files.iter_mut().filter(|file| file.module.starts_with(module));
        match (found.next(), found.next()) {
            (Some(file), None) => Ok(file),
            (None, _) => bail!("no module's name starts with {module}"),
            (Some(_), Some(_)) => bail!("several modules' names start with {module}"),
        }
    }
}

fn replace_once(text: &mut String, original: &str, replacement: &str) -> Result<()> {
    let count = text.matches(original).count();
    ensure!(count == 1, "`{original}` stands {count} times in the emitted Verilog, expected once:\n{text}");
    *text = text.replace(original, replacement);
    Ok(())
}

fn add_port(text: &mut String, declaration: &str) -> Result<()> {
    let Some((header, body)) = text.split_once("\n);\n") else { bail!("no port list in the emitted Verilog:\n{text}") };
    *text = format!("{header},\n    {declaration}\n);\n{body}");
    Ok(())
}

fn add_statement(text: &mut String, statement: &str) -> Result<()> {
    replace_once(text, "\nendmodule\n", &format!("\n    {statement}\n\nendmodule\n"))
}
