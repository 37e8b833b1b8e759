//! `ownwords validate FILE…`: holds FHIR resources against base FHIR R4, and the profiles of ours that they claim. Nothing is judged or kept.

use std::{
    fs,
    io::{self, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::Done;
use crate::{
    fhir::{
        check::{Fault, check_claims},
        outcome::operation_outcome,
    },
    plan::Place,
    rules::Severity,
};

#[derive(Debug, Args)]
pub(super) struct Validate {
    /// Files with one resource each, as JSON; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How faults are shown.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One line a fault.
    Text,
    /// One FHIR OperationOutcome a file, one a line.
    #[value(name = "operationoutcome")]
    OperationOutcome,
}

impl Validate {
    pub(super) fn run(self) -> anyhow::Result<Done> {
        let mut out = BufWriter::new(io::stdout().lock());
        let mut done = Done::Well;
        for file in &self.files {
            let faults = faults_of(file)?;
            if faults.iter().any(|fault| fault.severity == Severity::Error) {
                done = Done::Rejected;
            }
            match self.format {
                Format::Text => faults.iter().try_for_each(|fault| writeln!(out, "{}", line(fault)))?,
                Format::OperationOutcome => writeln!(out, "{}", operation_outcome(faults.iter().map(Fault::issue)))?,
            }
        }
        out.flush()?;
        Ok(done)
    }
}

fn faults_of(file: &Path) -> anyhow::Result<Vec<Fault>> {
    let mut bytes = Vec::new();
    let name = if file == Path::new("-") {
        io::stdin().read_to_end(&mut bytes).context("cannot read standard input")?;
        "standard input".to_owned()
    } else {
        bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        file.display().to_string()
    };
    let faults = check_claims(&bytes).unwrap_or_else(|error| vec![error.into()]);
    let named = |fault: Fault| Fault { place: Place { file: name.as_str().into(), ..fault.place }, ..fault };
    Ok(faults.into_iter().map(named).collect())
}

fn line(fault: &Fault) -> String {
    let Fault { severity, code, message, key, expression, place } = fault;
    let about =
        [code, key, expression.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    format!("{}:{}:{}: {} {about}: {message}", place.file, place.line, place.column, severity.as_str())
}
