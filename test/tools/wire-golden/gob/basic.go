package main

import (
	"math"
	"net/rpc"
	"time"
)

// Point is the example of encoding/gob's own documentation.
type Point struct{ X, Y int }

// Kinds has a field of each basic kind.
type Kinds struct {
	Bool    bool
	Int     int
	Int8    int8
	Int64   int64
	Uint    uint
	Uint8   uint8
	Uint64  uint64
	Float32 float32
	Float64 float64
	String  string
	Bytes   []byte
}

// Times has times by value and by pointer.
type Times struct {
	At      time.Time
	Pointer *time.Time
	Zero    time.Time
	ZeroPtr *time.Time
	List    []time.Time
}

// Version is a BinaryMarshaler.
type Version struct{ major, minor byte }

// MarshalBinary implements encoding.BinaryMarshaler.
func (v Version) MarshalBinary() ([]byte, error) { return []byte{v.major, v.minor}, nil }

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (v *Version) UnmarshalBinary(b []byte) error { v.major, v.minor = b[0], b[1]; return nil }

// Release holds a BinaryMarshaler.
type Release struct {
	Name     string
	Version  Version
	Previous *Version
}

func basicStreams() []stream {
	kinds := Kinds{true, -129, -8, math.MinInt64, 7, 255, math.MaxUint64, 0.5, 17, "héllo", []byte{1, 2, 3}}
	utc := time.Date(2026, 7, 6, 12, 30, 15, 123456789, time.UTC)
	zone := utc.In(time.FixedZone("", -(3*3600 + 30*60)))
	odd := utc.In(time.FixedZone("", 3600+15))
	old := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	return []stream{
		{"point twice", []any{Point{22, 33}, Point{X: 1}}},
		{"kinds", []any{kinds, Kinds{}}},
		{"ints", []any{[]int64{0, 1, -1, 63, 64, -64, -65, 127, 128, 255, 256, 1 << 31, -1 << 31, 1 << 47, 1<<53 - 1, -(1<<53 - 1), 1 << 53, -1 << 53, math.MaxInt64, math.MinInt64}}},
		{"uints", []any{[]uint64{0, 127, 128, 255, 256, 1<<32 - 1, 1 << 32, 1<<53 - 1, 1 << 53, math.MaxUint64}}},
		{"floats", []any{[]float64{0, 1, -1, 17, 0.1, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1), math.Copysign(0, -1)}}},
		{"not a number", []any{math.NaN()}},
		{"top-level", []any{3, -129, uint(256), 17.0, true, false, "", "text", []byte("bytes"), []byte{}}},
		{"top-level collections", []any{[]string{"a", ""}, map[string]int{"one": 1}, [2]bool{true, false}, []int(nil), map[string]int(nil), map[string]int{}}},
		{"empty struct", []any{struct{}{}}},
		{"times", []any{Times{utc, &zone, time.Time{}, &old, []time.Time{odd, {}}}, Times{}, utc}},
		{"binary marshaler", []any{Release{"a", Version{1, 2}, &Version{0, 9}}, Release{Name: "b"}}},
		{"net/rpc", []any{
			rpc.Request{ServiceMethod: "Plugin.Run", Seq: 7}, rpc.Response{ServiceMethod: "Plugin.Run", Seq: 7},
			rpc.Response{ServiceMethod: "Plugin.Run", Seq: 8, Error: "no such method"}, struct{}{}}},
	}
}
