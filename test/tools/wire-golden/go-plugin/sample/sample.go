// Package sample is the plugin that the fixtures dispense: the contract that
// test/wire/go-plugin/sample-plugin.ts serves, and a Go server of the same.
package sample

import (
	"errors"
	"net/rpc"

	"github.com/hashicorp/go-plugin"
)

// Handshake is what host and plugin agree on before they talk.
var Handshake = plugin.HandshakeConfig{ProtocolVersion: 1, MagicCookieKey: "COALMINE_SAMPLE_PLUGIN", MagicCookieValue: "sample"}

// Name is what the plugin is dispensed as.
const Name = "Sample"

// EchoArgs ask for the text and the payload back. If Gather is set, the call
// waits until so many are waiting; then the one that came last is answered first.
type EchoArgs struct {
	Text    string
	Payload []byte
	Gather  int
}

// EchoReply holds what was asked for, and how many calls were answered before.
type EchoReply struct {
	Text    string
	Payload []byte
	Order   int
}

// Sample is the host's end: calls by method name.
type Sample struct{ Client *rpc.Client }

// Plugin makes either end.
type Plugin struct{}

func (Plugin) Server(*plugin.MuxBroker) (any, error) { return &server{}, nil }

func (Plugin) Client(_ *plugin.MuxBroker, client *rpc.Client) (any, error) {
	return &Sample{Client: client}, nil
}

type server struct{ order int }

func (s *server) Echo(args EchoArgs, reply *EchoReply) error {
	*reply = EchoReply{Text: args.Text, Payload: args.Payload, Order: s.order}
	s.order++
	return nil
}

func (s *server) Fail(text string, _ *struct{}) error { return errors.New(text) }

func (s *server) Print(string, *struct{}) error { return nil }
