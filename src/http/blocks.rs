//! Makes the blocks by which a search that names nobody finds (`Store::make_block`), beside all else and at leisure: what stands
//! in none yet is found without.

use std::time::{Duration, Instant};

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::{events, store::Store};

/// How often is looked for what was kept meanwhile.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// How much longer than a block took is waited before the next, so that keeping goes first.
const LEISURE: u32 = 3;

/// Makes blocks until the service stops.
pub(super) async fn work(store: Store, stop: CancellationToken) {
    loop {
        let began = Instant::now();
        let pause = match store.make_block().await {
            Ok(true) => began.elapsed() * LEISURE,
            Ok(false) => LOOK_AGAIN,
            Err(error) => {
                events::BesideHindered { making: "search block", kind: error.kind() }.emit();
                LOOK_AGAIN
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(pause) => {}
        }
    }
}
