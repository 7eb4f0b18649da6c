# HealthStack: pages by gunicorn on port 8000; the same image runs the worker and the migrations (compose.yaml).

FROM python:3.12-slim-bookworm AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends gcc libc6-dev libmariadb-dev pkg-config \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY requirements.txt requirements-mysql.txt ./
# The environment is copied as it is; pip itself has no business in the image that runs.
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt -r requirements-mysql.txt \
 && /opt/venv/bin/pip uninstall --yes pip

FROM python:3.12-slim-bookworm
RUN apt-get update \
 && apt-get install -y --no-install-recommends libmariadb3 fonts-noto-core \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin healthstack
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONUTF8=1
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY . .
# The secret serves this one command and is not kept. Only uploads are written later, below var/files (a volume).
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
    ALLOWED_HOSTS=localhost DATABASE_URL=sqlite:////tmp/build.sqlite3 \
    python manage.py collectstatic --no-input \
 && mkdir -p var/files \
 && chown -R healthstack: var/files
USER healthstack
EXPOSE 8000
# A Host that is not ours would be refused, hence the first of ALLOWED_HOSTS.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import os, urllib.request as u; host = os.environ['ALLOWED_HOSTS'].split(',')[0].strip(' .'); u.urlopen(u.Request('http://127.0.0.1:8000/health/live', headers={'Host': host}), timeout=4)"]
# WEB_CONCURRENCY sets the number of processes. Slow clients belong to the proxy in front, which also speaks TLS.
CMD ["gunicorn", "healthstack.wsgi:application", "--worker-class", "gthread", "--threads", "8", \
     "--bind", "0.0.0.0:8000", "--worker-tmp-dir", "/dev/shm", "--max-requests", "10000", "--max-requests-jitter", "1000"]
