//! `ownwords health`: asks a running service, for health checks of containers and scripts.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, bail};
use clap::Args;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::Done;
use crate::config::Config;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub(super) struct Health {
    /// Where the service listens; without it, as the settings say.
    #[arg(long, value_name = "ADDRESS:PORT")]
    at: Option<SocketAddr>,
}

impl Health {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<Done> {
        let mut address = self.at.unwrap_or(config.server.listen);
        if address.ip().is_unspecified() {
            address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
        }
        let answer = super::runtime()?.block_on(async { timeout(PATIENCE, ask(address)).await });
        let answer = answer.with_context(|| format!("no answer from {address} within {} s", PATIENCE.as_secs()))??;
        let status = answer.split(' ').nth(1).unwrap_or_default();
        if status != "200" {
            bail!("{address} answered {status}: it cannot take records now");
        }
        println!("{address} is ready");
        Ok(Done::Well)
    }
}

async fn ask(address: SocketAddr) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(address).await.with_context(|| format!("nothing listens at {address}"))?;
    let request = format!("GET /health/ready HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(4096).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
