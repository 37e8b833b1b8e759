//! What the store holds that new records are held against: like statements of other people, and the same versions of records.

use super::{
    KeptWording, Store, StoreError,
    driver::{Columns, Statement, Value},
    edition, wording,
};
use crate::rules::{edition::Edition, sameness::Wording};

/// What was found of an agency's.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// Statements of newest plans that may say the same; whether they do, their hashes tell.
    pub wordings: Vec<KeptWording>,
    /// What is kept of the versions asked for.
    pub editions: Vec<Edition>,
}

impl Store {
    /// Looks for like statements and for versions of records, each asked for with the id of its plan: in one trip, and in none
    /// where there is nothing to ask.
    pub async fn beside(
        &self,
        agency: &str,
        wordings: &[&Wording],
        editions: &[(&str, &Edition)],
    ) -> Result<Beside, StoreError> {
        let (wordings, editions) = (wording::looked_for(wordings), edition::looked_for(editions));
        let dialect = self.pool.dialect();
        let asked = [(dialect.wordings_like, &wordings), (dialect.editions, &editions)];
        let asked = asked.map(|(sql, list)| Some((sql, vec![Value::Text(agency), Value::Text(list.as_deref()?)])));
        let (has_wordings, asked) = (asked[0].is_some(), asked.into_iter().flatten().collect::<Vec<Statement<'_>>>());
        let mut found = Beside::default();
        if asked.is_empty() {
            return Ok(found);
        }
        let mut read = |at: usize, row: &dyn Columns| -> Result<(), StoreError> {
            if at == 0 && has_wordings {
                found.wordings.push(wording::kept(row)?);
            } else {
                found.editions.push(edition::kept(row)?);
            }
            Ok(())
        };
        self.pool.several(&asked, &mut read).await?;
        Ok(found)
    }
}
