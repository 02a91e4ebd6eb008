package main

import (
	"context"
	"fmt"
	"net/rpc"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// A plugin that was started.
type running struct {
	client   *plugin.Client
	protocol plugin.ClientProtocol
	*connection
	stdout, stderr text
}

// What the host gets when it dispenses: the connection itself, to call any service over.
type connection struct {
	conn   *grpc.ClientConn
	broker *plugin.GRPCBroker
}

type anyPlugin struct{}

func (anyPlugin) GRPCClient(_ context.Context, broker *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return &connection{conn, broker}, nil
}

func (anyPlugin) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error {
	return fmt.Errorf("a host serves nothing")
}

func (anyPlugin) Client(*plugin.MuxBroker, *rpc.Client) (any, error) {
	return nil, fmt.Errorf("gRPC only")
}

func (anyPlugin) Server(*plugin.MuxBroker) (any, error) {
	return nil, fmt.Errorf("a host serves nothing")
}

var (
	plugins []*running
	adding  sync.Mutex
)

func started(number int) (*running, error) {
	adding.Lock()
	defer adding.Unlock()
	if number < 1 || number > len(plugins) {
		return nil, fmt.Errorf("no plugin %d", number)
	}
	return plugins[number-1], nil
}

// start starts a plugin and dispenses it.
func start(c command) (answer, error) {
	versions := map[int]plugin.PluginSet{}
	for _, version := range c.Versions {
		versions[version] = plugin.PluginSet{"any": anyPlugin{}}
	}
	p := &running{}
	p.client = plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig:     plugin.HandshakeConfig{MagicCookieKey: c.Cookie[0], MagicCookieValue: c.Cookie[1]},
		VersionedPlugins:    versions,
		Cmd:                 exec.Command(c.Program[0], c.Program[1:]...),
		AllowedProtocols:    c.Protocols,
		GRPCBrokerMultiplex: c.Multiplex,
		AutoMTLS:            c.AutoMTLS,
		SyncStdout:          &p.stdout,
		SyncStderr:          &p.stderr,
		Managed:             true,
		Logger:              hclog.New(&hclog.LoggerOptions{Output: os.Stderr, Level: hclog.Debug}),
	})
	began := time.Now()
	if _, err := p.client.Start(); err != nil {
		return answer{}, err
	}
	handshake := time.Since(began)
	var err error
	if p.protocol, err = p.client.Client(); err != nil {
		return answer{}, err
	}
	dispensed, err := p.protocol.Dispense("any")
	if err != nil {
		return answer{}, err
	}
	p.connection = dispensed.(*connection)
	adding.Lock()
	defer adding.Unlock()
	plugins = append(plugins, p)
	return answer{
		Plugin:          len(plugins),
		Pid:             p.client.ReattachConfig().Pid,
		Version:         p.client.NegotiatedVersion(),
		Protocol:        p.client.Protocol(),
		HandshakeMillis: float64(handshake.Microseconds()) / 1_000,
	}, nil
}

// What was written so far.
type text struct {
	mutex sync.Mutex
	bytes []byte
}

func (t *text) Write(bytes []byte) (int, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.bytes = append(t.bytes, bytes...)
	return len(bytes), nil
}

func (t *text) String() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return string(t.bytes)
}
