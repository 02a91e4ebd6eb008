package main

import "encoding/gob"

// Collections has arrays, slices and maps of several depths.
type Collections struct {
	Array   [3]int
	Zeros   [2]string
	Slice   []string
	Nested  [][]int
	Map     map[string]int
	ByInt   map[int][]string
	Empty   map[string]string
	Nil     map[string]string
	Structs []Point
	Refs    []*Point
	RefMap  map[string]*Point
	Points  map[Point]bool
}

// Pointers has pointers, set and nil.
type Pointers struct {
	Int    *int
	Zero   *int
	Nil    *int
	Twice  **string
	Point  *Point
	NoneAt *Point
	Empty  *Point
	Last   int
}

// Tree holds itself.
type Tree struct {
	Name     string
	Children []Tree
	Next     *Tree
}

// Circle, Square and Group are registered: values of interfaces.
type Circle struct{ Radius float64 }

// Square is sent by pointer.
type Square struct{ Side int }

// Group holds interfaces in an interface.
type Group struct {
	Name    string
	Members []any
	Lead    any
}

// Drawing has interface variables.
type Drawing struct {
	Name   string
	First  any
	Second any
	None   any
	Shapes []any
	ByName map[string]any
	After  int
}

// Base is embedded.
type Base struct{ Id int }

// Derived embeds it.
type Derived struct {
	Base
	*Point
	Name string
}

func init() {
	gob.RegisterName("Circle", Circle{})
	gob.RegisterName("Square", &Square{})
	gob.RegisterName("Group", Group{})
}

func compositeStreams() []stream {
	seven, zero, text := 7, 0, "deep"
	toText := &text
	group := Group{Name: "inner", Members: []any{Circle{1}, &Square{2}, nil, Group{Name: "innermost", Lead: Circle{3}}}, Lead: "text"}
	var shape, none any = Circle{2.5}, nil
	var grouped any = group
	var one any = 1
	return []stream{
		{"collections", []any{Collections{
			Array: [3]int{1, 0, 3}, Slice: []string{"a", "", "c"}, Nested: [][]int{{1}, {}, {2, 3}},
			Map: map[string]int{"one": 1}, ByInt: map[int][]string{-1: {"x"}}, Empty: map[string]string{},
			Structs: []Point{{1, 2}, {}}, Refs: []*Point{{3, 4}}, RefMap: map[string]*Point{"p": {5, 6}},
			Points: map[Point]bool{{7, 8}: true}}, Collections{}}},
		{"map of many", []any{map[string]int{"one": 1, "two": 2, "three": 3, "": 0}}},
		{"pointers", []any{Pointers{&seven, &zero, nil, &toText, &Point{1, 2}, nil, &Point{}, 9}, Pointers{}}},
		{"tree", []any{Tree{"root", []Tree{{Name: "a"}, {Name: "b", Children: []Tree{{Name: "c"}}}}, &Tree{Name: "next"}}}},
		{"embedded", []any{Derived{Base{1}, &Point{2, 3}, "d"}, Derived{}}},
		{"interfaces", []any{
			Drawing{"d", Circle{1.5}, &Square{2}, nil, []any{Circle{}, nil, &Square{3}}, map[string]any{"c": Circle{4}}, 5},
			Drawing{"again", Circle{1}, nil, nil, nil, nil, 6}}},
		{"interfaces in interfaces", []any{Drawing{"d", group, Circle{9}, nil, []any{group}, nil, 7}, Point{1, 2}}},
		{"top-level interfaces", []any{&shape, &none, &one, &grouped}},
	}
}
