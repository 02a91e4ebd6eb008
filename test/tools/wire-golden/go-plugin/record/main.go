// Program record writes what a Go host sends to a Go plugin in one short
// session, byte for byte, as JSON: the whole connection, and the bare net/rpc
// conversation of one stream.
package main

import (
	"encoding/hex"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/rpc"
	"os"
	"sync"
	"time"

	"coalmine.test/wire-golden/go-plugin/sample"
	"github.com/hashicorp/go-plugin"
)

type recording struct {
	net.Conn
	sync.Mutex
	sent, received []byte
}

func (r *recording) Write(p []byte) (int, error) {
	r.Lock()
	r.sent = append(r.sent, p...)
	r.Unlock()
	return r.Conn.Write(p)
}

func (r *recording) Read(p []byte) (int, error) {
	n, err := r.Conn.Read(p)
	r.Lock()
	r.received = append(r.received, p[:n]...)
	r.Unlock()
	return n, err
}

type session struct {
	About    string `json:"about"`
	Sent     string `json:"sent"`
	Received string `json:"received"`
}

func (r *recording) session(about string) session {
	r.Lock()
	defer r.Unlock()
	return session{about, hex.EncodeToString(r.sent), hex.EncodeToString(r.received)}
}

func main() {
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	check(encoder.Encode(map[string]session{"connection": connection(), "rpc": bareRPC()}))
}

func connection() session {
	plugins := plugin.PluginSet{sample.Name: sample.Plugin{}}
	near, far := net.Pipe()
	quiet, _ := io.Pipe()
	server := &plugin.RPCServer{Plugins: plugins, Stdout: quiet, Stderr: quiet, DoneCh: make(chan struct{})}
	go server.ServeConn(far)
	wire := &recording{Conn: near}
	client, err := plugin.NewRPCClient(wire, plugins)
	check(err)
	check(client.SyncStreams(io.Discard, io.Discard))
	check(client.Ping())
	dispensed, err := client.Dispense(sample.Name)
	check(err)
	converse(dispensed.(*sample.Sample).Client)
	check(client.Close())
	time.Sleep(200 * time.Millisecond)
	return wire.session("ping, dispense, echo, fail, no such method, echo, quit, close")
}

func bareRPC() session {
	near, far := net.Pipe()
	implementation, _ := sample.Plugin{}.Server(nil)
	server := rpc.NewServer()
	check(server.RegisterName("Plugin", implementation))
	go server.ServeConn(far)
	wire := &recording{Conn: near}
	client := rpc.NewClient(wire)
	converse(client)
	check(client.Close())
	return wire.session("echo, fail, no such method, no such service, no method at all, echo")
}

func converse(client *rpc.Client) {
	var reply sample.EchoReply
	check(client.Call("Plugin.Echo", sample.EchoArgs{Text: "one", Payload: []byte{1, 2, 3}}, &reply))
	refused(client.Call("Plugin.Fail", "it went wrong", &struct{}{}))
	refused(client.Call("Plugin.Missing", sample.EchoArgs{Text: "unread"}, &struct{}{}))
	refused(client.Call("Other.Echo", true, &struct{}{}))
	refused(client.Call("Echo", map[string]int{"a": 1}, &struct{}{}))
	check(client.Call("Plugin.Echo", sample.EchoArgs{Text: "two"}, &reply))
}

func refused(err error) {
	if err == nil {
		log.Fatal("an error was wanted")
	}
	log.Print(err)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
