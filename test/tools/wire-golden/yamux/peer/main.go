// Command peer is the other end for the interoperability test: hashicorp/yamux
// over the TCP connection it is told to make.
//
//	peer echo client|server ADDRESS     sends back what comes on each stream, until the session ends
//	peer drive client|server ADDRESS    opens 32 streams, sends 1 MiB on each and wants it back, then closes
//	peer leave client|server ADDRESS    opens streams and closes the session while they are in use
//
// It pings every 20 ms and ends with code 1 if anything is not as it wants.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"time"

	"github.com/hashicorp/yamux"
)

const (
	streams     = 32
	streamBytes = 1 << 20
)

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: peer echo|drive|leave client|server ADDRESS")
	}
	session, err := open(os.Args[2], os.Args[3])
	if err == nil {
		err = run(os.Args[1], session)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func open(role, address string) (*yamux.Session, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	settings := yamux.DefaultConfig()
	settings.KeepAliveInterval = 20 * time.Millisecond
	// How long a ping waits for its answer, too: the other end may be held up on a busy machine.
	settings.ConnectionWriteTimeout = time.Minute
	settings.LogOutput = io.Discard
	if role == "client" {
		return yamux.Client(conn, settings)
	}
	return yamux.Server(conn, settings)
}

func run(task string, session *yamux.Session) error {
	switch task {
	case "echo":
		return echo(session)
	case "drive":
		return drive(session)
	case "leave":
		return leave(session)
	}
	return fmt.Errorf("task echo, drive or leave wanted, %s met", task)
}

func echo(session *yamux.Session) error {
	for {
		stream, err := session.AcceptStream()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		go func() {
			// An error is that of a reset stream or an ended session: the other end tests for it.
			_, _ = io.Copy(stream, stream)
			_ = stream.Close()
		}()
	}
}

func drive(session *yamux.Session) error {
	results := make(chan error)
	for number := range streams {
		go func() { results <- exchange(session, byte(number)) }()
	}
	for range streams {
		if err := <-results; err != nil {
			return err
		}
	}
	if err := session.GoAway(); err != nil {
		return err
	}
	return closeWhenHeard(session)
}

func exchange(session *yamux.Session, seed byte) error {
	stream, err := session.OpenStream()
	if err != nil {
		return err
	}
	sent := make([]byte, streamBytes)
	for place := range sent {
		sent[place] = byte(place>>8) ^ byte(place) ^ seed
	}
	go func() {
		// What was not sent is missing from what comes back.
		_, _ = stream.Write(sent)
		_ = stream.Close()
	}()
	met, err := io.ReadAll(stream)
	if err != nil {
		return err
	}
	if !bytes.Equal(met, sent) {
		return fmt.Errorf("stream %d: the %d bytes sent wanted back, %d others met", stream.StreamID(), len(sent), len(met))
	}
	return nil
}

func leave(session *yamux.Session) error {
	for range streams {
		stream, err := session.OpenStream()
		if err != nil {
			return err
		}
		if _, err := stream.Write(make([]byte, streamBytes/streams)); err != nil {
			return err
		}
	}
	return closeWhenHeard(session)
}

// closeWhenHeard closes the session once the other end has read all that was sent until now.
func closeWhenHeard(session *yamux.Session) error {
	if _, err := session.Ping(); err != nil {
		return err
	}
	return session.Close()
}
