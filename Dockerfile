# One image for each stage, with the libraries of that stage only:
#
#     docker build --build-arg STAGE=extractor --tag wiredesk-extractor .
#
# STAGE=cli is the command without any stage, to create topics, publish pages, notify and run the HTTP intake; STAGE=archive
# is `wiredesk archive`, STAGE=web `wiredesk web`.
#
# The base image is named by its tag, which its publisher moves. For builds that can be repeated, name it by digest:
#
#     docker build --build-arg PYTHON_IMAGE=python:3.12-slim@sha256:... --build-arg STAGE=extractor .
#
# With tracing (docs/tracing.md), 6 MB more:
#
#     docker build --build-arg TRACING=1 --build-arg STAGE=extractor .
ARG PYTHON_IMAGE=python:3.12-slim

FROM ${PYTHON_IMAGE} AS build
ARG STAGE
ARG TRACING
COPY requirements/${STAGE}.txt requirements/tracing.txt requirements/build.txt /tmp/requirements/
RUN python -m venv /opt/wiredesk \
    && /opt/wiredesk/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes \
        --requirement /tmp/requirements/${STAGE}.txt ${TRACING:+--requirement /tmp/requirements/tracing.txt} \
    && python -m venv /opt/build \
    && /opt/build/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes \
        --requirement /tmp/requirements/build.txt
COPY . /src
# Byte code is compiled here by pip: the user at run time may not write beside the modules.
RUN cd /src/schemas && /opt/build/bin/python -m hatchling build --target wheel --directory /tmp/dist \
    && cd /src && /opt/build/bin/python -m hatchling build --target wheel --directory /tmp/dist \
    && /opt/wiredesk/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-index /tmp/dist/*.whl

FROM ${PYTHON_IMAGE}
ARG STAGE
LABEL org.opencontainers.image.title="wiredesk ${STAGE}" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/wiredesk /opt/wiredesk
WORKDIR /tmp
# A volume that is mounted here, for `wiredesk archive --into /archive`, belongs to the user.
RUN install --directory --owner=10001 --group=10001 /archive
# By number, so that Kubernetes' runAsNonRoot can check it; the image needs no entry in /etc/passwd for it.
USER 10001:10001
ENV PATH=/opt/wiredesk/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    WIREDESK_METRICS_HOST=0.0.0.0 \
    WIREDESK_METRICS_PORT=9464
EXPOSE 9464
ENTRYPOINT ["wiredesk"]
CMD ["--help"]
