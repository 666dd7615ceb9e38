# One image for every process of the exchange; docker-compose.yml says which process a container is.
# The base is an argument, so that an image can be built on a base made by debootstrap. It needs Python 3.11 or newer
# with pip; Debian's own Python comes without, and then apt-get brings it.
ARG BASE=python:3.11-slim-bookworm
# hadolint ignore=DL3006 -- the tag stands in the argument above
FROM ${BASE}

RUN useradd --system --uid 10001 --home-dir /tmp --no-create-home --shell /usr/sbin/nologin exchange \
 && install -d -m 0700 -o exchange -g exchange /var/lib/asylum-exchange/secrets /var/lib/asylum-exchange/ledger \
 && { command -v python3 >/dev/null && python3 -c 'import venv, ensurepip'; } \
 && python3 -m venv /opt/exchange

COPY requirements/run.txt /opt/exchange/run.txt
# The index is the builder's choice (pip.conf as a build secret, or a mounted folder of wheels); hashes guard either.
RUN /opt/exchange/bin/python -m pip install --no-cache-dir --require-hashes -r /opt/exchange/run.txt

COPY schemas /app/schemas
COPY workers /app/workers
COPY exchange /app/exchange

ENV PATH=/opt/exchange/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

USER 10001:10001
WORKDIR /tmp
EXPOSE 8420
ENTRYPOINT ["python", "-m", "exchange.cli.main"]
CMD ["web"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD ["python", "-m", "exchange.embedded.health", "answers", "8420"]
