// Program plugin-host is a host of hashicorp/go-plugin that starts and calls
// plugins as it is told. Each line of its standard input is a command as JSON,
// each line of its standard output the answer to one, told apart by their id:
// commands run at the same time. What its plugins log is on its standard error.
//
// It knows no messages: what a method takes and answers is bytes, in base64.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"github.com/hashicorp/go-plugin"
)

// A command. Each op reads the fields its function names.
type command struct {
	ID int    `json:"id"`
	Op string `json:"op"`

	// How a plugin is started: its program and arguments, the protocols and
	// versions that the host takes, and whether all is to be in one connection.
	Program   []string          `json:"program"`
	Protocols []plugin.Protocol `json:"protocols"`
	Versions  []int             `json:"versions"`
	Cookie    [2]string         `json:"cookie"`
	Multiplex bool              `json:"multiplex"`
	AutoMTLS  bool              `json:"autoMtls"`

	// The number of a plugin that was started.
	Plugin int `json:"plugin"`
	// A method, as in /sample.Echo/Echo, and a request for each call; all are made at once.
	Path     string   `json:"path"`
	Requests [][]byte `json:"requests"`
	// A number of the broker's.
	Stream uint32 `json:"stream"`
}

// What came of a command.
type answer struct {
	ID    int    `json:"id"`
	Error string `json:"error,omitempty"`

	Plugin   int             `json:"plugin,omitempty"`
	Pid      int             `json:"pid,omitempty"`
	Version  int             `json:"version,omitempty"`
	Protocol plugin.Protocol `json:"protocol,omitempty"`
	// Milliseconds from the start of its process to the line on its standard output.
	HandshakeMillis float64 `json:"handshakeMs,omitempty"`

	// One a call, in the order of the requests.
	Responses [][]byte `json:"responses,omitempty"`
	// What the plugin streamed so far.
	Stdout string `json:"stdout,omitempty"`
	Stderr string `json:"stderr,omitempty"`
	Exited bool   `json:"exited,omitempty"`
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
			_ = out.Encode(a)
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
	if c.Op == "start" {
		return start(c)
	}
	p, err := started(c.Plugin)
	if err != nil {
		return answer{}, err
	}
	switch c.Op {
	case "call":
		return p.call(c.Path, c.Requests)
	case "ping":
		return answer{}, p.protocol.Ping()
	case "knock":
		return answer{}, p.knock(c.Stream)
	case "output":
		return answer{Stdout: p.stdout.String(), Stderr: p.stderr.String()}, nil
	case "exited":
		return answer{Exited: p.client.Exited()}, nil
	case "kill":
		p.client.Kill()
		return answer{Exited: p.client.Exited()}, nil
	}
	return answer{}, fmt.Errorf("no such op: %q", c.Op)
}
