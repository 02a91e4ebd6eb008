package main

import (
	"github.com/argoproj/argo-rollouts/pkg/apis/rollouts/v1alpha1"
	"encoding/gob"
	"os"
	"encoding/hex"
	"fmt"
	"bytes"
)

type Point struct{ X, Y int }

func main() {
	var b bytes.Buffer
	e := gob.NewEncoder(&b)
	e.Encode(Point{22, 33})
	fmt.Println(hex.EncodeToString(b.Bytes()))
	b.Reset()
	e.Encode(v1alpha1.Measurement{})
	fmt.Fprintln(os.Stdout, hex.EncodeToString(b.Bytes()))
}
