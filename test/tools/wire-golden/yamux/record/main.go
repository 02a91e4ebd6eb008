// Command record writes what two sessions of hashicorp/yamux say to each other,
// one file a scenario, into the folder it is given. Run it from this module:
//
//	go run ./record ../../../wire/yamux/golden
//
// Each line of a file is one frame in hex, > from the client or < from the
// server, in the order they were sent. A payload that is one byte repeated is
// written as byte*count.
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/hashicorp/yamux"
)

const headerBytes = 12

var scenarios = map[string]func(client, server *yamux.Session){
	"echo":          echo,
	"half-close":    halfClose,
	"both-open":     bothOpen,
	"window-update": windowUpdate,
	"refused":       refused,
	"reset":         reset,
	"ping":          ping,
	"go-away":       goAway,
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: record FOLDER")
	}
	for name, play := range scenarios {
		text := "# hashicorp/yamux v0.1.2; written by: go run ./record FOLDER\n" + record(play)
		if err := os.WriteFile(filepath.Join(os.Args[1], name+".txt"), []byte(text), 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

func echo(client, server *yamux.Session) {
	asked := must(client.OpenStream())
	answering := must(server.AcceptStream())
	must(asked.Write([]byte("hello")))
	must(io.ReadFull(answering, make([]byte, 5)))
	must(answering.Write([]byte("world!")))
	must(io.ReadFull(asked, make([]byte, 6)))
	check(asked.Close())
	must(io.ReadAll(answering))
	check(answering.Close())
	must(io.ReadAll(asked))
}

func halfClose(client, server *yamux.Session) {
	asked := must(client.OpenStream())
	answering := must(server.AcceptStream())
	must(asked.Write([]byte("question")))
	check(asked.Close())
	must(io.ReadAll(answering))
	must(answering.Write([]byte("answer")))
	check(answering.Close())
	must(io.ReadAll(asked))
}

func bothOpen(client, server *yamux.Session) {
	fromClient := must(client.OpenStream())
	atServer := must(server.AcceptStream())
	fromServer := must(server.OpenStream())
	atClient := must(client.AcceptStream())
	must(fromClient.Write([]byte("odd")))
	must(io.ReadFull(atServer, make([]byte, 3)))
	must(fromServer.Write([]byte("even")))
	must(io.ReadFull(atClient, make([]byte, 4)))
}

func windowUpdate(client, server *yamux.Session) {
	writer := must(client.OpenStream())
	reader := must(server.AcceptStream())
	for range 2 {
		must(writer.Write(bytes.Repeat([]byte("a"), 65_536)))
	}
	must(io.ReadFull(reader, make([]byte, 131_072)))
	check(writer.Close())
	must(io.ReadAll(reader))
	check(reader.Close())
	must(io.ReadAll(writer))
}

// The server's backlog is 1.
func refused(client, server *yamux.Session) {
	must(client.OpenStream())
	second := must(client.OpenStream())
	_, err := second.Read(make([]byte, 1))
	want(err, yamux.ErrConnectionReset)
}

// The client's StreamCloseTimeout, after which it sends RST, is 50 ms.
func reset(client, server *yamux.Session) {
	closing := must(client.OpenStream())
	staying := must(server.AcceptStream())
	check(closing.Close())
	for err := error(nil); err != yamux.ErrConnectionReset; time.Sleep(time.Millisecond) {
		_, err = staying.Read(make([]byte, 1))
	}
}

func ping(client, server *yamux.Session) {
	must(client.Ping())
	must(server.Ping())
	must(client.Ping())
}

func goAway(client, server *yamux.Session) {
	check(server.GoAway())
	must(server.Ping())
	_, err := client.OpenStream()
	want(err, yamux.ErrRemoteGoAway)
	check(client.GoAway())
	must(client.Ping())
}

func record(play func(client, server *yamux.Session)) string {
	toServer, toClient := net.Pipe()
	var frames transcript
	settings := yamux.DefaultConfig()
	settings.EnableKeepAlive = false
	settings.LogOutput = io.Discard
	settings.StreamCloseTimeout = 50 * time.Millisecond
	client := must(yamux.Client(&recorder{Conn: toServer, mark: ">", frames: &frames}, settings))
	settings = settings.Clone()
	settings.AcceptBacklog = 1
	settings.StreamCloseTimeout = time.Hour
	server := must(yamux.Server(&recorder{Conn: toClient, mark: "<", frames: &frames}, settings))
	play(client, server)
	frames.mutex.Lock()
	defer frames.mutex.Unlock()
	return frames.text.String()
}

type transcript struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

// A recorder notes each frame before its last bytes are sent: what the other end says to it comes after.
type recorder struct {
	net.Conn
	mark    string
	frames  *transcript
	pending []byte
}

func (r *recorder) Write(bytes []byte) (int, error) {
	r.pending = append(r.pending, bytes...)
	for len(r.pending) >= headerBytes {
		end := headerBytes
		if r.pending[1] == 0 {
			end += int(binary.BigEndian.Uint32(r.pending[8:]))
		}
		if len(r.pending) < end {
			break
		}
		r.frames.note(r.mark, r.pending[:headerBytes], r.pending[headerBytes:end])
		r.pending = r.pending[end:]
	}
	return r.Conn.Write(bytes)
}

func (t *transcript) note(mark string, header, payload []byte) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	text := hex.EncodeToString(payload)
	if len(payload) > 64 && bytes.Count(payload, payload[:1]) == len(payload) {
		text = fmt.Sprintf("%x*%d", payload[:1], len(payload))
	}
	fmt.Fprintln(&t.text, mark, hex.EncodeToString(header)+text)
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		log.Panic(err)
	}
}

func want(met, wanted error) {
	if met != wanted {
		log.Panicf("%v wanted, %v met", wanted, met)
	}
}
