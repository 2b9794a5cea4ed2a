"""The intake: a small HTTP server that publishes raw pages for clients without Kafka.

settings      where it listens, and its bounds
server        routes: pages, health, metrics, the description of the interface
submission    one request with pages: from its headers to the answer
attributes    what headers and query say about a page
kinds         what a body is, by its content type
body          the bytes of a body, within bounds of size and time
decoding      content encodings of a body, undone as it arrives
pages         the pages of a body, as records of `pages.raw`
receipt       which pages are on Kafka, and why the others are not
admission     bytes in flight, and rates of clients
delivery      the producer, and what it has acknowledged
problems      refusals, as RFC 9457 describes them
openapi       the interface as an OpenAPI document
metrics       every metric of the intake

A page that is accepted has the same record as one that `wiredesk publish` publishes. The answer says 202 only after the
brokers have acknowledged every page of the request.
"""
