// Reads articles.enriched: prints each article's id, title and topics, and keeps the articles by event id.
//
//	go run .
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/twmb/franz-go/pkg/kgo"
)

// article holds what this reader uses of an event: fields that are added later are ignored.
type article struct {
	EventID  string  `json:"event_id"`
	Title    *string `json:"title"`
	PageType string  `json:"page_type"`
	Reason   string  `json:"reason"`
	Topics   []struct {
		Name string `json:"name"`
	} `json:"topics"`
}

// pageType returns one of the types of pages that this reader uses. Others may be added within a major version:
// they are "other" here.
func (a article) pageType() string {
	switch a.PageType {
	case "", "article":
		return "article"
	case "live_blog":
		return "live_blog"
	default:
		return "other"
	}
}

func (a article) String() string {
	title := "(no title)"
	if a.Title != nil {
		title = *a.Title
	}
	names := make([]string, 0, len(a.Topics))
	for _, topic := range a.Topics {
		names = append(names, topic.Name)
	}
	return strings.Join([]string{a.EventID, title, strings.Join(names, ", "), a.pageType()}, "\t")
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := read(ctx); err != nil {
		log.Fatal(err)
	}
}

// read reads until the context is cancelled.
func read(ctx context.Context) error {
	client, err := kgo.NewClient(
		kgo.SeedBrokers(strings.Split(setting("WIREDESK_BOOTSTRAP_SERVERS", "127.0.0.1:9092"), ",")...),
		kgo.ConsumeTopics(setting("TOPIC", "articles.enriched")),
		kgo.ConsumerGroup(setting("GROUP", "example-go")),
		// Records of aborted transactions are not returned.
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.DisableAutoCommit(),
	)
	if err != nil {
		return err
	}
	defer client.Close()
	articles := map[string]article{}
	for {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			fmt.Fprintf(os.Stderr, "%d articles\n", len(articles))
			return nil
		}
		if err := fetches.Err(); err != nil {
			return err
		}
		var malformed error
		fetches.EachRecord(func(record *kgo.Record) {
			if record.Value != nil {
				malformed = errors.Join(malformed, upsert(articles, record.Value))
			}
		})
		if malformed != nil {
			return malformed
		}
		// Commit after the work, not before: after a crash articles are repeated, but never lost.
		if err := client.CommitUncommittedOffsets(ctx); err != nil && ctx.Err() == nil {
			return err
		}
	}
}

func upsert(articles map[string]article, value []byte) error {
	var found article
	if err := json.Unmarshal(value, &found); err != nil {
		return err
	}
	if found.Reason != "" {
		return nil // a withdrawal (ce_type wiredesk.article.withdrawn.v1): a store deletes what it has of page_id
	}
	if _, known := articles[found.EventID]; !known {
		fmt.Println(found)
	}
	// The same event may come again, after a crash of this reader or by a replay: it has the same id, and replaces the first.
	articles[found.EventID] = found
	return nil
}

func setting(name, otherwise string) string {
	if value, ok := os.LookupEnv(name); ok {
		return value
	}
	return otherwise
}
