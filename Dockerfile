# One image, one binary: `docker build -t chatlab .` (docs/deploy.md says how to run it).

# The page.
FROM node:22-bookworm-slim AS page
WORKDIR /build/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

# The server, with the page inside. TLS towards PostgreSQL builds OpenSSL from source, which wants perl and make.
FROM rust:1-bookworm AS server
RUN apt-get update \
    && apt-get install -y --no-install-recommends make perl \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY . .
COPY --from=page /build/frontend/dist frontend/dist
# The target folder is a cache and not part of the layer, so the binary is taken out of it in the same step.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --release --locked --features pg-tls \
    && cp target/release/chatlab /usr/local/bin/chatlab

# What runs.
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin chatlab \
    && install -d -o chatlab -g chatlab -m 0750 /data
COPY --from=server /usr/local/bin/chatlab /usr/local/bin/chatlab
# Large blocks (pictures, argon2) go back to the system when they are freed: glibc would keep hundreds of MiB of them.
ENV MALLOC_MMAP_THRESHOLD_=1048576
ENV HOST=0.0.0.0 \
    PORT=8000 \
    DATABASE_URL=sqlite:////data/app.db \
    PORTRAITS_DIR=/data/portraits
USER chatlab
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["chatlab", "health"]
CMD ["chatlab"]
