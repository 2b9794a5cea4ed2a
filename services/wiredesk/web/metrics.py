"""Every metric of the web page, with its meaning and, if there is one, the remedy."""

from prometheus_client import Counter, Gauge

CONNECTIONS = Gauge("wiredesk_web_connections", "Open connections, at most WIREDESK_WEB_CONNECTIONS.")

STREAMS = Gauge("wiredesk_web_streams", "Streams of articles that are open, at most WIREDESK_WEB_STREAMS.")

ARTICLES = Gauge("wiredesk_web_articles", "Articles that are held in memory, at most WIREDESK_WEB_ARTICLES.")

REQUESTS = Counter("wiredesk_web_requests", "Requests, by the status of the answer.", ["status"])
