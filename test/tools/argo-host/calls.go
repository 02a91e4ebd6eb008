package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/go-plugin"
	"k8s.io/apimachinery/pkg/types"
)

// repeat makes the calls a command asks for. One that fails does not keep the
// others from being made; the first error is told.
func repeat(c command, call func(command) (any, error)) (answer, error) {
	calls, parallel := max(c.Calls, 1), max(c.Parallel, 1)
	a := answer{Results: make([]any, calls), Millis: make([]float64, calls)}
	errs := make([]error, calls)
	todo := make(chan int, calls)
	for i := range calls {
		todo <- i
	}
	close(todo)
	var workers sync.WaitGroup
	began := time.Now()
	for range parallel {
		workers.Go(func() {
			for i := range todo {
				one := c
				if c.Fresh {
					run := *c.AnalysisRun
					run.UID = types.UID(fmt.Sprintf("%s-%d", run.UID, i))
					one.AnalysisRun = &run
				}
				start := time.Now()
				a.Results[i], errs[i] = call(one)
				a.Millis[i] = millis(time.Since(start))
			}
		})
	}
	workers.Wait()
	a.WallMillis = millis(time.Since(began))
	for _, err := range errs {
		if err != nil {
			return a, err
		}
	}
	return a, nil
}

// quit ends all plugins as the controller does when it ends.
func quit() (answer, error) {
	began := time.Now()
	plugin.CleanupClients()
	return answer{WallMillis: millis(time.Since(began))}, nil
}

func millis(d time.Duration) float64 {
	return float64(d.Nanoseconds()) / 1e6
}
