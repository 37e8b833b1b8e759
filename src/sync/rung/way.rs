//! Takes an attempt to its rung. One whose outcome is unknown is first looked for where it was sent, should the connection
//! stand on another rung by now; and the rung is noted before anything is sent.

use tokio::task::spawn_blocking;

use super::{Load, answers, document, folder, notice, single::Single};
use crate::{
    events::PdfRefused,
    fhir::{self, capability::SPARED, receiver::Receiver},
    store::{Carried, Claimed, Rung},
    sync::{
        bundle::Part,
        capability::Fitness,
        connect::ladder::Standing,
        delivery::{Happened, Step},
        held::Held,
        push::{Ended, Push},
        worker::Line,
    },
};

/// One attempt, on one rung.
pub(in crate::sync) struct Attempted<'a> {
    pub line: &'a Line,
    pub claimed: &'a Claimed,
    pub standing: Standing,
}

impl Attempted<'_> {
    /// Attempts it; on success the peer's status.
    pub(in crate::sync) async fn run(&self) -> Result<u16, Ended> {
        let rung = self.standing.rung;
        if rung == Rung::A && !self.claimed.was_unknown {
            // The usual case needs nothing but what was claimed, and no rung stands for this one.
            self.note(rung).await?;
            return self.structured()?.attempt().await;
        }
        let carried = self.line.store.carried(self.claimed).await?;
        if self.claimed.was_unknown && carried.rung != rung && self.is_there(&carried).await? {
            return Ok(200);
        }
        self.note(rung).await?;
        match rung {
            Rung::A => self.structured()?.attempt().await,
            Rung::E => self.file(&carried).await,
            _ => self.on(rung, &carried).await,
        }
    }

    /// Notes the rung; rung A is noted where another stands only.
    async fn note(&self, rung: Rung) -> Result<(), Ended> {
        let is_usual = self.standing.open == [true, false, false, false, false];
        if is_usual || self.line.store.take_rung(self.claimed, rung).await? { Ok(()) } else { Err(Ended::LeaseLost) }
    }

    fn structured(&self) -> Result<Push<'_>, Ended> {
        self.standing.fitness.map(|fitness| self.push(fitness)).ok_or(Ended::At(Step::Send, Happened::NotSayable))
    }

    fn peer(&self) -> Held<'_> {
        Held::of(&self.line.peer, &self.line.store, self.claimed, self.line.pace.lease)
    }

    fn push(&self, fitness: Fitness) -> Push<'_> {
        Push {
            peer: self.peer(),
            store: &self.line.store,
            connection: &self.line.connection.name,
            receiver: &self.line.connection.receiver,
            fitness,
            claimed: self.claimed,
            guards: self.line.connection.read.every.is_some(),
        }
    }

    /// Whether an earlier attempt arrived, on the rung of that attempt.
    async fn is_there(&self, carried: &Carried) -> Result<bool, Ended> {
        match carried.rung {
            Rung::A => self.is_structured_there().await,
            Rung::E => Ok(folder::is_there(&self.load(carried)?, &self.line.connection.rungs.outbound.folder)),
            rung => self.single(rung, carried, &self.load(carried)?).look().await,
        }
    }

    /// By the method that the connection has, also where it can write by it no longer; without one nothing was ever sent so.
    async fn is_structured_there(&self) -> Result<bool, Ended> {
        let Some(method) = self.line.store.write_method(&self.line.connection.name).await? else { return Ok(false) };
        let takes = self.standing.fitness.map_or([true; SPARED.len()], |fitness| fitness.takes);
        self.push(Fitness { method, takes }).look().await
    }

    async fn on(&self, rung: Rung, carried: &Carried) -> Result<u16, Ended> {
        let load = self.load(carried)?;
        let rungs = &self.line.connection.rungs;
        let single = self.single(rung, carried, &load);
        match rung {
            Rung::B => self.document(&single, carried, &load).await,
            Rung::C => single.bring(|subject, _| answers::answers(&load, &rungs.questionnaire, subject)).await,
            _ => single.bring(|subject, _| notice::notice(&load, &rungs.notice, self.standing.notice, subject)).await,
        }
    }

    /// The document with its PDF or, where the server refuses that one and takes the text, the text alone, now and from then on.
    async fn document(&self, single: &Single<'_>, carried: &Carried, load: &Load) -> Result<u16, Ended> {
        let (store, name) = (&self.line.store, &self.line.connection.name);
        let settings = &self.line.connection.rungs.document;
        let is_wanted = settings.pdf && store.refused_pdf(name).await?.is_none();
        let pdf = self.pdf(carried, is_wanted).await?;
        let with = |pdf: Option<&[u8]>| {
            let pdf = pdf.map(<[u8]>::to_vec);
            move |subject: &str, older: Option<&str>| document::document(load, pdf.as_deref(), settings, subject, older)
        };
        let ended = single.bring(with(pdf.as_deref())).await;
        let Err(Ended::At(Step::Send, refused)) = &ended else { return ended };
        let Some(status) = document::refuses_form(refused).filter(|_| pdf.is_some()) else { return ended };
        let alone = single.bring(with(None)).await;
        // Only a text that was taken shows that it was the PDF.
        if matches!(alone, Ok(_) | Err(Ended::At(Step::Send, Happened::Refused { status: 202, .. }))) {
            store.refuse_pdf(name, status).await?;
            PdfRefused { status }.emit();
        }
        alone
    }

    fn single<'s>(&'s self, rung: Rung, carried: &Carried, load: &'s Load) -> Single<'s> {
        let (kind, system) = match rung {
            Rung::B => ("DocumentReference", document::SYSTEM),
            Rung::C => ("QuestionnaireResponse", answers::SYSTEM),
            _ => (self.standing.notice, notice::SYSTEM),
        };
        Single {
            peer: self.peer(),
            store: &self.line.store,
            connection: &self.line.connection.name,
            person_system: &self.line.connection.rungs.person_system,
            claimed: self.claimed,
            last: carried.status,
            load,
            kind,
            system,
        }
    }

    async fn file(&self, carried: &Carried) -> Result<u16, Ended> {
        let outbound = &self.line.connection.rungs.outbound;
        let bundle = outbound.fhir.then(|| bundle(self.claimed, &self.line.connection.receiver));
        let (load, settings) = (self.load(carried)?, outbound.clone());
        let laid = spawn_blocking(move || folder::lay_down(&load, bundle, &settings)).await;
        match laid {
            Ok(Ok(())) => Ok(200),
            Ok(Err(stopped)) => {
                let says = stopped.says(&outbound.folder);
                Err(Ended::At(Step::Send, Happened::Hitch(stopped.hitch, says)))
            }
            Err(_) => Err(Ended::At(Step::Send, Happened::NotSayable)),
        }
    }

    /// The copy in large print, when it is wanted and can be made. Drawing would hold up others on this thread.
    async fn pdf(&self, carried: &Carried, is_wanted: bool) -> Result<Option<Vec<u8>>, Ended> {
        if !is_wanted {
            return Ok(None);
        }
        let load = self.load(carried)?;
        let made = spawn_blocking(move || load.pdf().ok()).await;
        made.map_err(|_| Ended::At(Step::Send, Happened::NotSayable))
    }

    fn load(&self, carried: &Carried) -> Result<Load, Ended> {
        Load::of(self.claimed, carried, &self.line.connection.receiver)
            .ok_or(Ended::At(Step::Send, Happened::NotSayable))
    }
}

/// The plan's resources as one transaction Bundle.
fn bundle(claimed: &Claimed, receiver: &Receiver) -> String {
    let parts = Part::each(claimed.resources.iter(), receiver).flatten();
    fhir::transaction(&parts.map(|part| part.resource).collect::<Vec<_>>())
}
