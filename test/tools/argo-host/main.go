// Program argo-host does to a plugin what the controller of Argo Rollouts does,
// by the controller's own code, and nothing else of a controller. Each line of
// its standard input is a command as JSON, each line of its standard output the
// answer to one, told apart by their id: commands run at the same time.
//
// It is built against several versions of argo-rollouts: go.mod has one,
// go-1.10.mod (by -modfile) another. Plugins are put into plugin-bin of the
// working directory.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"github.com/argoproj/argo-rollouts/pkg/apis/rollouts/v1alpha1"
	"github.com/hashicorp/go-plugin"
)

// A command. Each op reads the fields its function names.
type command struct {
	ID int    `json:"id"`
	Op string `json:"op"`

	Plugins []configured `json:"plugins"`
	// Method of a plugin, as in Run.
	Method string `json:"method"`
	// How many calls to make, and how many at a time; 1 where it is not said.
	Calls    int `json:"calls"`
	Parallel int `json:"parallel"`
	// Whether each call is about a run of its own: its number is put behind the run's UID.
	Fresh bool `json:"fresh"`

	AnalysisRun *v1alpha1.AnalysisRun `json:"analysisRun"`
	Metric      v1alpha1.Metric       `json:"metric"`
	Measurement v1alpha1.Measurement  `json:"measurement"`
	Limit       int                   `json:"limit"`

	Rollout *v1alpha1.Rollout `json:"rollout"`
	// Name of a step plugin, its place among the steps, and what it is given.
	Name   string          `json:"name"`
	Index  int32           `json:"index"`
	Config json.RawMessage `json:"config"`
	Status json.RawMessage `json:"status"`

	// Program and arguments of a plugin that is started without a controller's ways, and its cookie's value.
	Program []string `json:"program"`
	Cookie  string   `json:"cookie"`
}

// What came of a command.
type answer struct {
	ID    int    `json:"id"`
	Error string `json:"error,omitempty"`
	// One a call, in the order in which the calls were begun.
	Results []any     `json:"results,omitempty"`
	Millis  []float64 `json:"ms,omitempty"`
	// From the first call's begin to the last one's end.
	WallMillis float64            `json:"wallMs,omitempty"`
	Stages     map[string]float64 `json:"stages,omitempty"`
	Processes  []process          `json:"processes,omitempty"`
}

func main() {
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	var writing sync.Mutex
	var running sync.WaitGroup
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			break
		}
		running.Add(1)
		go func() {
			defer running.Done()
			a := do(line)
			writing.Lock()
			defer writing.Unlock()
			if err := out.Encode(a); err != nil {
				// What a plugin answered may be no JSON; this always is.
				_ = out.Encode(answer{ID: a.ID, Error: err.Error()})
			}
		}()
	}
	plugin.CleanupClients()
	running.Wait()
}

func do(line []byte) answer {
	var c command
	err := json.Unmarshal(line, &c)
	var a answer
	if err == nil {
		a, err = act(c)
	}
	a.ID = c.ID
	if err != nil {
		a.Error = err.Error()
	}
	return a
}

func act(c command) (answer, error) {
	switch c.Op {
	case "configure":
		return answer{}, configure(c.Plugins)
	case "metric":
		return repeat(c, callMetric)
	case "step":
		return repeat(c, callStep)
	case "reconcileStep":
		return repeat(c, reconcileStep)
	case "startMetric":
		return startMetric(c)
	case "processes":
		found, err := children()
		return answer{Processes: found}, err
	case "quit":
		return quit()
	}
	return answer{}, fmt.Errorf("no such op: %q", c.Op)
}
