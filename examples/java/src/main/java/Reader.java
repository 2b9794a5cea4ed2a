import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads articles.enriched: prints each article's id, title and topics, and keeps the articles by event id.
 *
 * <pre>mvn --quiet compile exec:java</pre>
 */
public final class Reader {
    /** The types of pages that this reader cares for. Others may be added within a major version: they are "other". */
    private static final Set<String> PAGE_TYPES = Set.of("article", "live_blog");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private final Map<String, JsonNode> articles = new HashMap<>();

    public static void main(String[] arguments) throws Exception {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, setting("WIREDESK_BOOTSTRAP_SERVERS", "127.0.0.1:9092"),
                ConsumerConfig.GROUP_ID_CONFIG, setting("GROUP", "example-java"),
                // Records of aborted transactions are not returned.
                ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        var reader = new Reader();
        var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        var main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            consumer.wakeup();
            try {
                main.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        try (consumer) {
            consumer.subscribe(List.of(setting("TOPIC", "articles.enriched")));
            reader.read(consumer);
        } catch (WakeupException e) {
            System.err.println(reader.articles.size() + " articles");
        }
    }

    private void read(KafkaConsumer<byte[], byte[]> consumer) throws IOException {
        while (true) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                if (record.value() != null) {
                    upsert(JSON.readTree(record.value()));
                }
            }
            // Commit after the work, not before: after a crash articles are repeated, but never lost.
            consumer.commitSync();
        }
    }

    /** Keeps an article. Only what is named here is read: fields that are added later do no harm. */
    private void upsert(JsonNode event) {
        if (event.has("reason")) {
            return; // a withdrawal (ce_type wiredesk.article.withdrawn.v1): a store deletes what it has of page_id
        }
        String id = event.required("event_id").asText();
        String title = event.path("title").asText("(no title)");
        String topics = StreamSupport.stream(event.path("topics").spliterator(), false)
                .map(topic -> topic.path("name").asText())
                .collect(Collectors.joining(", "));
        String type = event.path("page_type").asText("article");
        // The same event may come again, after a crash of this reader or by a replay: it replaces the first.
        if (articles.put(id, event) == null) {
            OUT.println(String.join("\t", id, title, topics, PAGE_TYPES.contains(type) ? type : "other"));
        }
    }

    private static String setting(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }
}
