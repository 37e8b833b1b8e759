# syntax=docker/dockerfile:1
# The service as an image: no shell, not root, nothing to write but /data. Both stages are Debian 12, for one glibc.

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY src src
COPY profiles profiles
COPY mappings mappings
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin ownwords \
    && install -D target/release/ownwords /out/ownwords \
    && mkdir /out/data

FROM gcr.io/distroless/cc-debian12:nonroot
LABEL org.opencontainers.image.title="ownwords" org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /out/ownwords /usr/local/bin/ownwords
COPY --from=build --chown=nonroot:nonroot /out/data /data
# Bodies are spooled to a temporary file while they arrive, beside the store.
ENV OWNWORDS_STORE_URL=sqlite:/data/ownwords.db OWNWORDS_LOG_FORMAT=json TMPDIR=/data
VOLUME /data
WORKDIR /data
EXPOSE 8642
USER nonroot
HEALTHCHECK --interval=10s --timeout=6s --start-period=10s --retries=3 CMD ["/usr/local/bin/ownwords", "health"]
ENTRYPOINT ["/usr/local/bin/ownwords"]
CMD ["serve"]
