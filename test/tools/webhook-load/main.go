// Posts one body to one URL as fast as it is answered, with Go's own HTTP client as
// Flagger uses it, and prints one JSON line: how many answers came, in how many
// seconds, and the median and 99th percentile of their times in milliseconds.
//
//	webhook-load -url URL -body TEXT -connections 4 -seconds 5 [-fresh]
//
// Any status but -want ends it with an error: a fast refusal is no answer.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

var (
	url         = flag.String("url", "", "where to post to")
	body        = flag.String("body", "{}", "what to post")
	connections = flag.Int("connections", 1, "how many ask at the same time, each on a connection of its own")
	seconds     = flag.Float64("seconds", 5, "for how long")
	fresh       = flag.Bool("fresh", false, "a new client and a new connection for every request, as Flagger's webhooks have")
	want        = flag.Int("want", 200, "the status that every answer must have")
)

func main() {
	flag.Parse()
	times, err := load()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	slices.Sort(times)
	figures := map[string]any{
		"answers": len(times),
		"seconds": *seconds,
		"median":  milliseconds(times[len(times)/2]),
		"p99":     milliseconds(times[len(times)*99/100]),
	}
	if err := json.NewEncoder(os.Stdout).Encode(figures); err != nil {
		os.Exit(1)
	}
}

func load() ([]time.Duration, error) {
	end := time.Now().Add(time.Duration(*seconds * float64(time.Second)))
	results := make([][]time.Duration, *connections)
	failures := make([]error, *connections)
	var workers sync.WaitGroup
	for worker := range *connections {
		workers.Go(func() {
			client := newClient()
			for time.Now().Before(end) && failures[worker] == nil {
				started := time.Now()
				if *fresh {
					client = newClient()
				}
				failures[worker] = ask(client)
				results[worker] = append(results[worker], time.Since(started))
				if *fresh {
					client.CloseIdleConnections()
				}
			}
		})
	}
	workers.Wait()
	for _, failure := range failures {
		if failure != nil {
			return nil, failure
		}
	}
	return slices.Concat(results...), nil
}

func newClient() *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}, Timeout: 10 * time.Second}
}

func ask(client *http.Client) error {
	answer, err := client.Post(*url, "application/json", strings.NewReader(*body))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode != *want {
		return fmt.Errorf("%s answered %d: %s", *url, answer.StatusCode, text)
	}
	return nil
}

func milliseconds(span time.Duration) float64 {
	return float64(span.Microseconds()) / 1000
}
