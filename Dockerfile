# One image for every process; what a container is, its command says (see docker-compose.yml).

FROM node:22-bookworm-slim AS pages
WORKDIR /srv/farola
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY backend/pages backend/pages
RUN npm run --silent build

FROM python:3.11-slim-bookworm AS packages
WORKDIR /srv/farola
COPY requirements.lock requirements-models.lock ./
RUN python -m venv .venv \
    && awk '/^[^ #]/ {on = /^uv==/} on' requirements.lock > uv.txt \
    && .venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r uv.txt \
    && .venv/bin/uv pip install --no-cache --python .venv/bin/python --no-deps --require-hashes \
        -r requirements.lock -r requirements-models.lock
COPY pyproject.toml ./
COPY backend backend
COPY workers workers
COPY migrations migrations
RUN .venv/bin/uv pip install --offline --python .venv/bin/python --no-deps --no-build-isolation -e .

FROM python:3.11-slim-bookworm
# The numbers stay the same in every build, so that volumes stay readable.
RUN groupadd --gid 10001 farola \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin farola \
    && for part in blobs keys releases secrets heads trail staff training models; do \
        install -d -m 700 -o farola -g farola "/var/lib/farola/$part"; done
WORKDIR /srv/farola
COPY --from=packages /srv/farola /srv/farola
COPY --from=pages /srv/farola/backend/pages/static/built backend/pages/static/built
ENV PATH=/srv/farola/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    FAROLA_STATE_DIR=/var/lib/farola
USER farola
EXPOSE 8000
CMD ["farola", "--help"]
