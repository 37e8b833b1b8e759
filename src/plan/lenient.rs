//! Reading `null` as "not given", wherever a list or a group may stand.

use serde::{Deserialize, Deserializer};

/// The value, or its default when the source says `null`.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}
