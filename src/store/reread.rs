//! Whom to read again soonest: a hint that something may have changed at a connection, however often and in whatever order
//! it comes. And whose resource a server's id names.

use uuid::Uuid;

use super::{
    Store, StoreError,
    driver::{Columns, Value},
};

/// A person who is to be read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reread {
    /// Agency, and the agency's own id of the person.
    pub who: (String, String),
    /// How often it was asked for.
    pub asked: i64,
}

impl Store {
    /// Whose resource this is at a connection, as far as we know: agency, and the agency's own id of the person.
    pub async fn whose(
        &self,
        connection: &str,
        kind: &str,
        remote_id: &str,
    ) -> Result<Option<(String, String)>, StoreError> {
        let of = [Value::Text(connection), Value::Text(kind), Value::Text(remote_id)];
        if let Some(who) = self.pool.row(SEEN_OF, &of, who).await? {
            return Ok(Some(who));
        }
        let linked = self.pool.row(LINKED, &of, |row| row.text(0)).await?;
        let Ok(id) = Uuid::try_parse(linked.as_deref().unwrap_or(remote_id)) else { return Ok(None) };
        self.pool.row(OF_RESOURCE, &[Value::Bytes(id.as_bytes())], who).await
    }

    /// Asks for people to be read again.
    pub async fn ask_reread(&self, connection: &str, people: &[(String, String)]) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        for who in people {
            tx.change(ASK, &[Value::Text(connection), Value::Text(&who.0), Value::Text(&who.1)]).await?;
        }
        tx.commit().await
    }

    /// Who is to be read again, after a person, in order.
    pub async fn rereads(
        &self,
        connection: &str,
        after: &(String, String),
        limit: u32,
    ) -> Result<Vec<Reread>, StoreError> {
        let values =
            [Value::Text(connection), Value::Text(&after.0), Value::Text(&after.1), Value::Int(i64::from(limit))];
        let read = |row: &dyn Columns| Ok(Reread { who: who(row)?, asked: row.int(2)? });
        self.pool.rows(ASKED, &values, read).await
    }

    /// Notes that a person was read again; not where it was asked for once more meanwhile.
    pub async fn reread(&self, connection: &str, one: &Reread) -> Result<(), StoreError> {
        let values = [Value::Text(connection), Value::Text(&one.who.0), Value::Text(&one.who.1), Value::Int(one.asked)];
        self.pool.change(DONE, &values).await.map(drop)
    }
}

fn who(row: &dyn Columns) -> Result<(String, String), StoreError> {
    Ok((row.text(0)?, row.text(1)?))
}

const SEEN_OF: &str = "select agency, person_id from seen where connection = $1 and kind = $2 and remote_id = $3";

const LINKED: &str = "select resource_id from link where connection = $1 and kind = $2 and remote_id = $3 limit 1";

const OF_RESOURCE: &str = "select p.agency, p.person_id from resource r \
    join plan_version v on v.plan_version_key = r.plan_version_key join plan p on p.plan_key = v.plan_key \
    where r.resource_id = $1";

const ASK: &str = "insert into reread (connection, agency, person_id, asked) values ($1, $2, $3, 1) \
    on conflict (connection, agency, person_id) do update set asked = reread.asked + 1";

const ASKED: &str = "select agency, person_id, asked from reread where connection = $1 \
    and (agency, person_id) > ($2, $3) order by agency, person_id limit $4";

const DONE: &str = "delete from reread where connection = $1 and agency = $2 and person_id = $3 and asked = $4";
