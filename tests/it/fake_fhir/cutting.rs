//! Connections that break: the fake's answer says so in a header, and the line is cut before its first byte is out.

use std::{
    io::{self, Result as IoResult},
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    response::{IntoResponse, Response},
    serve::Listener,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};

/// The header that cuts.
pub(super) const CUT: &str = "x-cut-here";

/// A listener whose connections break where an answer says so.
pub(super) struct Cutting(pub(super) TcpListener);

/// A connection.
pub(super) struct Line(TcpStream);

impl Listener for Cutting {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        (Line(stream), address)
    }

    fn local_addr(&self) -> IoResult<SocketAddr> {
        self.0.local_addr()
    }
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<IoResult<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<IoResult<usize>> {
        if bytes.windows(CUT.len()).any(|window| window == CUT.as_bytes()) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<IoResult<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<IoResult<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// An answer whose connection breaks before its first byte.
pub(super) fn cut() -> Response {
    ([(CUT, "1")], "").into_response()
}
