//! The independent reader: values by name and time.

use std::collections::BTreeMap;
use std::path::Path;
use wellen::simple::Waveform;

/// A waveform in memory.
pub struct Recorded {
    waveform: Waveform,
    /// Full name -> times and values as text, in order.
    changes: BTreeMap<String, Vec<(u64, String)>>,
}

impl Recorded {
    /// Reads a VCD or FST file.
    pub fn read(path: &Path) -> Self {
        let mut waveform = wellen::simple::read(path).expect("a readable waveform");
        let variables: Vec<(String, wellen::SignalRef)> = {
            let hierarchy = waveform.hierarchy();
            let variables = hierarchy.all_vars().map(|variable| &hierarchy[variable]);
            variables.map(|variable| (variable.full_name(hierarchy), variable.signal_ref())).collect()
        };
        let signals: Vec<wellen::SignalRef> = variables.iter().map(|(_, signal)| *signal).collect();
        waveform.load_signals(&signals);
        let times = waveform.time_table();
        let changes = variables
            .into_iter()
            .map(|(name, signal)| {
                let signal = waveform.get_signal(signal).expect("a loaded signal");
                let changes = signal.iter_changes().map(|(at, value)| (times[at as usize], value.to_string()));
                (name, changes.collect())
            })
            .collect();
        Self { waveform, changes }
    }

    /// Full names of all variables.
    pub fn names(&self) -> Vec<&str> {
        self.changes.keys().map(String::as_str).collect()
    }

    /// The value at a time, as the reader prints it; `None` before the first one.
    pub fn at(&self, name: &str, time: u64) -> Option<&str> {
        let changes = self.changes.get(name).unwrap_or_else(|| panic!("`{name}` is in the waveform"));
        changes.iter().take_while(|(at, _)| *at <= time).last().map(|(_, value)| value.as_str())
    }

    /// All times at which a variable was written.
    pub fn change_times(&self, name: &str) -> Vec<u64> {
        self.changes[name].iter().map(|(time, _)| *time).collect()
    }

    /// First and last time of the file.
    pub fn span(&self) -> (u64, u64) {
        let times = self.waveform.time_table();
        (times[0], times[times.len() - 1])
    }

    /// The names of a variable's states by value, if the file has them.
    pub fn states(&self, name: &str) -> Option<(String, Vec<(String, String)>)> {
        let hierarchy = self.waveform.hierarchy();
        let variable = self.variable(name);
        let (name, states) = variable.enum_type(hierarchy)?;
        Some((name.to_owned(), states.into_iter().map(|(value, state)| (value.to_owned(), state.to_owned())).collect()))
    }

    /// The identifier of a variable: equal for aliases.
    pub fn identifier(&self, name: &str) -> usize {
        self.variable(name).signal_ref().index()
    }

    fn variable(&self, name: &str) -> &wellen::Var {
        let path: Vec<&str> = name.split('.').collect();
        let (last, scopes) = path.split_last().expect("a name");
        let hierarchy = self.waveform.hierarchy();
        let found = hierarchy.lookup_var(scopes, last).unwrap_or_else(|| panic!("`{name}` is in the waveform"));
        &hierarchy[found]
    }
}
