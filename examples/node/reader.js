// Reads articles.enriched: prints each article's id, title and topics, and keeps the articles by event id.
//
//     npm ci && npm start

import { Kafka, logLevel } from "kafkajs";

const brokers = (process.env.WIREDESK_BOOTSTRAP_SERVERS ?? "127.0.0.1:9092").split(",");
const topic = process.env.TOPIC ?? "articles.enriched";
const groupId = process.env.GROUP ?? "example-node";

// The types of pages that this reader uses. Others may be added within a major version: they are "other" here.
const PAGE_TYPES = new Set(["article", "live_blog"]);

const articles = new Map();

function upsert(value) {
  // Only what is named here is read: fields that are added later are ignored.
  const { event_id, title, topics = [], page_type = "article", reason } = JSON.parse(value);
  if (reason !== undefined) {
    return; // a withdrawal (ce_type wiredesk.article.withdrawn.v1): a store deletes what it has of page_id
  }
  const type = PAGE_TYPES.has(page_type) ? page_type : "other";
  if (!articles.has(event_id)) {
    console.log([event_id, title ?? "(no title)", topics.map(({ name }) => name).join(", "), type].join("\t"));
  }
  // The same event may come again, after a crash of this reader or by a replay: it has the same id, and replaces the first.
  articles.set(event_id, { title, topics, type });
}

const kafka = new Kafka({ clientId: groupId, brokers, logLevel: logLevel.WARN });
const consumer = kafka.consumer({
  groupId,
  readUncommitted: false, // isolation level read_committed: records of aborted transactions are not returned
});

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    await consumer.disconnect();
    console.error(`${articles.size} articles`);
  });
}

await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
await consumer.run({
  // Offsets are committed after this has returned, not before: after a crash articles are repeated, but never lost.
  eachMessage: async ({ message }) => {
    if (message.value !== null) {
      upsert(message.value.toString("utf8"));
    }
  },
});
