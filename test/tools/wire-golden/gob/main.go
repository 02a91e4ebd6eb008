// Command gob writes what Go's own encoding/gob makes of many values, as golden
// bytes for the tests of src/wire/gob, and decodes what those tests encode.
//
//	go run . golden > ../../../wire/gob/golden/golden.json
//	go run . argo-json > ../../../adapters/argo-rollouts/json/golden.json
//	go run . echo NAME < stream > stream
package main

import (
	"bufio"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"reflect"
	"runtime"
)

const command = "cd test/tools/wire-golden/gob && go run . golden > ../../../wire/gob/golden/golden.json"

// stream is what is written with one Encoder, value after value.
type stream struct {
	name   string
	values []any
}

func main() {
	var err error
	switch {
	case len(os.Args) == 2 && os.Args[1] == "golden":
		err = golden(os.Stdout)
	case len(os.Args) == 2 && os.Args[1] == "argo-json":
		err = argoJson(os.Stdout)
	case len(os.Args) == 3 && os.Args[1] == "case":
		err = encodeCase(os.Args[2], os.Stdout)
	case len(os.Args) == 3 && os.Args[1] == "echo":
		err = echo(os.Args[2], os.Stdin, os.Stdout)
	default:
		err = fmt.Errorf("usage: golden | argo-json | case NAME | echo NAME")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// argoJson writes the same values of Argo's types as Kubernetes does.
func argoJson(out io.Writer) error {
	values := map[string]any{}
	for _, s := range argoStreams() {
		values[s.name] = s.values[0]
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(values)
}

// golden runs each case in a process of its own: gob numbers types by process,
// so that only a new one numbers them from the start.
func golden(out io.Writer) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	streams := map[string]string{}
	for _, s := range allStreams() {
		encoded, err := exec.Command(self, "case", s.name).Output()
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		streams[s.name] = hex.EncodeToString(encoded)
	}
	written := json.NewEncoder(out)
	written.SetIndent("", "  ")
	written.SetEscapeHTML(false)
	return written.Encode(map[string]any{"command": command, "go": runtime.Version(), "streams": streams})
}

func encodeCase(name string, out io.Writer) error {
	for _, s := range allStreams() {
		if s.name == name {
			return encode(s.values, out)
		}
	}
	return fmt.Errorf("no case %s", name)
}

func encode(values []any, out io.Writer) error {
	encoder := gob.NewEncoder(out)
	for _, value := range values {
		if err := encoder.Encode(value); err != nil {
			return err
		}
	}
	return nil
}

// echo decodes a stream and encodes what came of it in a new one. The values are
// decoded into the Go types of the case's values in turn, again and again.
func echo(name string, in io.Reader, out io.Writer) error {
	for _, s := range allStreams() {
		if s.name == name {
			return echoLike(s.values, gob.NewDecoder(bufio.NewReader(in)), gob.NewEncoder(out))
		}
	}
	return fmt.Errorf("no case %s", name)
}

func echoLike(likes []any, decoder *gob.Decoder, encoder *gob.Encoder) error {
	for i := 0; ; i++ {
		like := reflect.Indirect(reflect.ValueOf(likes[i%len(likes)]))
		value := reflect.New(like.Type())
		if err := decoder.DecodeValue(value); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("value %d: %w", i, err)
		}
		if err := encoder.EncodeValue(value); err != nil {
			return fmt.Errorf("value %d: %w", i, err)
		}
	}
}

func allStreams() []stream {
	return append(basicStreams(), append(compositeStreams(), argoStreams()...)...)
}
