//! The statements that the two databases say differently. Both write one of these; whoever asks names what it wants done.

/// What the two databases say differently: reading a list out of a JSON parameter, locks, the clock.
pub(super) struct Dialect {
    /// Microseconds since 1970, by a clock that all processes share; none when that is the machine's.
    pub(super) now: Option<&'static str>,
    /// A row, when there is a table of the migrations applied.
    pub(super) migrations_table: &'static str,
    /// Enters whole submissions, bytes aside; the keys of those that were not there.
    pub(super) receive: &'static str,
    /// The submissions of `[[submission_id, ordinal]]`, and the ordinals of these that are kept.
    pub(super) state: &'static str,
    /// The plans of `[[agency, plan_id]]`, made when missing and held until the end of the transaction.
    pub(super) plans: &'static str,
    /// What the newest accepted versions of `[plan_key]` hold.
    pub(super) accepted: &'static str,
    /// Where the resources of `[hexadecimal id]` stand, held likewise.
    pub(super) resources: &'static str,
    /// Enters plan versions, bytes aside.
    pub(super) versions: &'static str,
    /// The kept versions of agency `$1` that are one of `[[plan_id, hexadecimal edition]]`.
    pub(super) editions: &'static str,
    /// Enters records, bytes aside.
    pub(super) records: &'static str,
    /// Points the resources of `[[hexadecimal id, plan_version_key, plan_key, version of the plan, shared, gone, version,
    /// updated_at, hexadecimal digest]]` to their content; the key or the two after it say which plan version holds it.
    pub(super) point_resources: &'static str,
    /// Enters resources made by this transaction, `[[plan_key, version of the plan, shared, gone, version, updated_at, start,
    /// [kind]]]`, the 16 bytes of the id and the 16 of the digest of each, one after the other, aside from `start` on; another's of
    /// the same id is a conflict, not an update.
    pub(super) make_resources: &'static str,
    /// Enters what resources were before: `[[hexadecimal id, plan_version_key, plan_key, version of the plan, version, gone,
    /// updated_at]]`; the key or the two after it say which plan version.
    pub(super) resources_before: &'static str,
    /// Brings plans to `[[plan_key, newest, accepted, content, person_id]]`; without a person theirs stays.
    pub(super) advance_plans: &'static str,
    /// Retires the waiting deliveries of `[[plan_key, connection]]`.
    pub(super) supersede: &'static str,
    /// Enters deliveries.
    pub(super) deliver: &'static str,
    /// The statements of agency `$1` found by one of `[[mark, fewest bytes, most bytes]]`, the newest 100 of each, with three of
    /// the people of each.
    pub(super) wordings_like: &'static str,
    /// Drops the statements that only the plans of `[plan_key]` have.
    pub(super) drop_wordings: &'static str,
    /// Takes these plans off the statements that other plans have too.
    pub(super) leave_wordings: &'static str,
    /// Enters statements `[[agency, hexadecimal digest, …]]` where they are new, bytes aside.
    pub(super) wordings: &'static str,
    /// Enters `[[hexadecimal digest, [mark]]]`.
    pub(super) wording_marks: &'static str,
    /// Enters `[[hexadecimal digest, person_id, plan_key]]`.
    pub(super) wording_people: &'static str,
    /// Where the resources of `[hexadecimal id]` stand that are not gone.
    pub(super) places: &'static str,
    /// Which plan version made each version of the resources of `[hexadecimal id]`.
    pub(super) stands: &'static str,
    /// What the plan versions of `[plan_version_key]` dropped.
    pub(super) dropped: &'static str,
    /// Every version of the resources of `[hexadecimal id]` and every time that one was taken out, with the plan version that
    /// did it.
    pub(super) turns: &'static str,
    /// The first block that ends at or after the moment `$1` and the key `$2` and has a mark of each `[[hexadecimal mark]]`.
    pub(super) block_after: &'static str,
    /// The last block that begins there or before and has them.
    pub(super) block_before: &'static str,
    /// Adds to the tallies of `[[kind, mark, agency, many]]`.
    pub(super) tally: &'static str,
    /// What the plan versions of `[plan_version_key]` hold, within the scope `$2`, and whose they are.
    pub(super) packs: &'static str,
    /// What the plans of the people of `[hexadecimal id]` now hold, within the scope `$2`.
    pub(super) plans_of_people: &'static str,
    /// What the plans of the versions `[plan_version_key]` now hold, within the scope `$2`.
    pub(super) plans_beside: &'static str,
    /// What became of the ties of each Patient of `[hexadecimal id]`, within the scope `$2`.
    pub(super) person_acts: &'static str,
    /// Which of `[[kind, id]]` have a link at connection `$1`.
    pub(super) links: &'static str,
    /// Enters for connection `$1` the accepted versions of the plans after `$2` up to `$3`, of the agencies `$4` alone where these
    /// are given, with the retry policy `$5` to `$7`, at `$8`.
    pub(super) backfill: &'static str,
    /// Locks out others that ask for the name `$1` (claims on a connection, periods of an agency), where the database would let
    /// them run at once.
    pub(super) alone: Option<&'static str>,
    /// Claims for connection `$1` at `$2`, at most `$3`, with a lease until `$4`, of the lanes up to `$5`.
    pub(super) claim: &'static str,
}
