# One image for each stage, with the libraries of that stage only:
#
#     docker build --build-arg STAGE=extractor --tag wiredesk-extractor .
#
# STAGE=cli is the command without any stage, to create topics and publish pages.
FROM python:3.12-slim AS libraries
ARG STAGE
COPY requirements/${STAGE}.txt /tmp/requirements.txt
RUN python -m venv /opt/wiredesk \
    && /opt/wiredesk/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes \
        --requirement /tmp/requirements.txt

FROM python:3.12-slim
ARG STAGE
LABEL org.opencontainers.image.title="wiredesk ${STAGE}" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin wiredesk
COPY --from=libraries /opt/wiredesk /opt/wiredesk
COPY schemas/wiredesk_schemas /app/wiredesk_schemas
COPY services/wiredesk /app/wiredesk
# Byte code is compiled once here: the user at run time may not write beside the sources.
RUN /opt/wiredesk/bin/python -m compileall -q /app
WORKDIR /app
USER wiredesk
ENV PATH=/opt/wiredesk/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    WIREDESK_METRICS_HOST=0.0.0.0 \
    WIREDESK_METRICS_PORT=9464
EXPOSE 9464
ENTRYPOINT ["python", "-m", "wiredesk.cli"]
CMD ["--help"]
