# chude as another user, on a root that may be read-only:
#   docker build -t chude .
#   docker run --rm --read-only --tmpfs /tmp -v "$PWD/saved:/data:ro" chude predict /data
FROM python:3.13-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN python -m venv /opt/chude && /opt/chude/bin/pip install --no-cache-dir ".[all]"

FROM python:3.13-slim
COPY --from=build /opt/chude /opt/chude
RUN useradd --system --uid 10001 --no-create-home chude
ENV PATH=/opt/chude/bin:$PATH PYTHONDONTWRITEBYTECODE=1 CHUDE_CACHE=off
USER 10001
WORKDIR /tmp
ENTRYPOINT ["chude"]
CMD ["--help"]
