// Program host is a stock go-plugin host that does what it is told: each line
// of its standard input is a command as JSON, each line of its standard output
// the answer. It uses the defaults that Argo Rollouts uses.
package main

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/rpc"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"coalmine.test/wire-golden/go-plugin/sample"
	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
)

type command struct {
	Op      string   `json:"op"`
	Command []string `json:"command"`
	Method  string   `json:"method"`
	Text    string   `json:"text"`
	Bytes   int      `json:"bytes"`
	Calls   int      `json:"calls"`
}

type answer struct {
	Error  string `json:"error,omitempty"`
	Pid    int    `json:"pid,omitempty"`
	Text   string `json:"text,omitempty"`
	Same   bool   `json:"same"`
	Exited bool   `json:"exited"`
	Order  []int  `json:"order,omitempty"`
	Log    string `json:"log,omitempty"`
	Stderr string `json:"stderr,omitempty"`
}

type buffer struct {
	sync.Mutex
	bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.Lock()
	defer b.Unlock()
	return b.Buffer.Write(p)
}

func (b *buffer) String() string {
	b.Lock()
	defer b.Unlock()
	return b.Buffer.String()
}

type host struct {
	client   *plugin.Client
	protocol plugin.ClientProtocol
	rpc      *rpc.Client
	cmd      *exec.Cmd
	log      buffer
	stderr   buffer
}

func main() {
	h := &host{}
	out := json.NewEncoder(os.Stdout)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var c command
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			out.Encode(answer{Error: err.Error()})
			continue
		}
		a, err := h.do(c)
		if err != nil {
			a.Error = err.Error()
		}
		out.Encode(a)
	}
	plugin.CleanupClients()
}

func (h *host) do(c command) (answer, error) {
	switch c.Op {
	case "start":
		return h.start(c)
	case "ping":
		return answer{}, h.protocol.Ping()
	case "dispense":
		_, err := h.protocol.Dispense(c.Text)
		return answer{}, err
	case "echo":
		return h.echo(c)
	case "concurrent":
		return h.concurrent(c)
	case "call":
		return answer{}, h.rpc.Call(c.Method, c.Text, &struct{}{})
	case "crash":
		return h.crash()
	case "quit":
		h.client.Kill()
		return answer{Exited: h.client.Exited()}, nil
	case "log":
		return answer{Log: h.log.String(), Stderr: h.stderr.String()}, nil
	}
	return answer{}, fmt.Errorf("no such op: %s", c.Op)
}

func (h *host) start(c command) (answer, error) {
	h.cmd = exec.Command(c.Command[0], c.Command[1:]...)
	h.client = plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: sample.Handshake,
		// The name that is in no plugin shows what the plugin answers to it.
		Plugins: plugin.PluginSet{sample.Name: sample.Plugin{}, "Missing": sample.Plugin{}},
		Cmd:     h.cmd,
		Managed: true,
		Stderr:  &h.stderr,
		Logger:  hclog.New(&hclog.LoggerOptions{Output: &h.log, Level: hclog.Trace, JSONFormat: true}),
	})
	var err error
	if h.protocol, err = h.client.Client(); err != nil {
		return answer{}, err
	}
	dispensed, err := h.protocol.Dispense(sample.Name)
	if err != nil {
		return answer{}, err
	}
	h.rpc = dispensed.(*sample.Sample).Client
	return answer{Pid: h.cmd.Process.Pid}, nil
}

func (h *host) echo(c command) (answer, error) {
	payload := make([]byte, c.Bytes)
	rand.Read(payload)
	var reply sample.EchoReply
	err := h.rpc.Call("Plugin.Echo", sample.EchoArgs{Text: c.Text, Payload: payload}, &reply)
	return answer{Text: reply.Text, Same: bytes.Equal(payload, reply.Payload)}, err
}

// concurrent makes calls that are to be answered in the opposite order to that
// in which they are made, and tells the order in which they were.
func (h *host) concurrent(c command) (answer, error) {
	calls := make([]*rpc.Call, c.Calls)
	for i := range calls {
		args := sample.EchoArgs{Text: fmt.Sprint(i), Gather: c.Calls}
		calls[i] = h.rpc.Go("Plugin.Echo", args, &sample.EchoReply{}, nil)
	}
	a := answer{Same: true, Order: make([]int, c.Calls)}
	for i, call := range calls {
		<-call.Done
		if call.Error != nil {
			return a, call.Error
		}
		reply := call.Reply.(*sample.EchoReply)
		a.Same = a.Same && reply.Text == fmt.Sprint(i)
		a.Order[i] = reply.Order
	}
	return a, nil
}

func (h *host) crash() (answer, error) {
	if err := syscall.Kill(h.cmd.Process.Pid, syscall.SIGKILL); err != nil {
		return answer{}, err
	}
	for range 500 {
		if h.client.Exited() {
			return answer{Exited: true}, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return answer{}, io.ErrNoProgress
}
