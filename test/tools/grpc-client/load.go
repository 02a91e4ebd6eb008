package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc"

	coalminev1 "coalmine.test/grpc-client/gen/coalmine/v1"
)

var (
	lasts   = flag.Duration("lasts", 3*time.Second, "of Load")
	callers = flag.Int("callers", 1, "of Load, at a time")
	url     = flag.String("url", "", "of Load: ask this by HTTP instead")
)

// Asks the same again and again, and prints how many answers came and how long each
// took. What is asked is Get over one gRPC connection, or GET over HTTP with a
// connection for each caller, as clients of either have it.
func load(_ context.Context, connection *grpc.ClientConn, request []byte) error {
	wanted := struct{ Id string }{}
	exitOn(json.Unmarshal(request, &wanted))
	client := coalminev1.NewAnalysisServiceClient(connection)
	web := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: *callers}}
	ask := func() error {
		if *url != "" {
			return askByHttp(web, *url)
		}
		_, err := client.Get(context.Background(), &coalminev1.GetRequest{Id: wanted.Id})
		return err
	}

	started := time.Now()
	times := make([][]time.Duration, *callers)
	var done sync.WaitGroup
	for caller := range *callers {
		done.Go(func() {
			for time.Since(started) < *lasts {
				before := time.Now()
				exitOn(ask())
				times[caller] = append(times[caller], time.Since(before))
			}
		})
	}
	done.Wait()
	all := slices.Concat(times...)
	slices.Sort(all)
	at := func(share float64) float64 {
		return all[int(share*float64(len(all)-1))].Seconds() * 1_000
	}
	printLine("message", asLine(map[string]float64{
		"answers": float64(len(all)), "seconds": time.Since(started).Seconds(), "median": at(0.5), "p99": at(0.99),
	}))
	return nil
}

func askByHttp(client *http.Client, url string) error {
	answer, err := client.Get(url)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, answer.Status)
	}
	return nil
}
