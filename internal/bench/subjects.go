package main

import "os"

// subject is a program that is measured.
type subject struct {
	name    string
	peer    bool // holds all clients in memory, and may run out of it
	command []string
	output  string // where its standard output goes
	exits   []int  // exit statuses of success
	counted string // file to count findings in; empty where it is for people
	count   func(file string) (counts, error)
}

// The programs, in the order of the table.
const (
	nameFloor       = "rules by hand in Go (the floor)"
	nameNscheck     = "nscheck eval, JSON"
	nameNscheckZstd = "nscheck eval, JSON, from zstd"
	nameTable       = "nscheck eval, table"
	nameDiff        = "nscheck diff, JSON, of two estates"
	nameGenerate    = "nscheck fixture generate, zstd, once"
	nameOPA         = "opa eval"
	nameConftest    = "conftest test"
)

func (e *estate) subjects() []*subject {
	found := []int{0, 1, 3} // an incomplete verdict is one, too
	return []*subject{
		{
			name: nameFloor, output: e.file("floor.json"), exits: []int{0}, counted: e.file("floor.json"), count: countFloor,
			command: []string{e.program("floor"), "-o", e.file("floor.jsonl"), e.plain()},
		},
		{
			name: nameNscheck, output: os.DevNull, exits: found, counted: e.file("nscheck.json"), count: countNscheck,
			command: []string{e.program("nscheck"), "eval", "--quiet", e.plain(), "-f", "json=" + e.file("nscheck.json")},
		},
		{
			name: nameNscheckZstd, output: os.DevNull, exits: found, counted: e.file("zstd.json"), count: countNscheck,
			command: []string{e.program("nscheck"), "eval", "--quiet", e.zstd(), "-f", "json=" + e.file("zstd.json")},
		},
		{
			name: nameTable, output: os.DevNull, exits: found,
			command: []string{e.program("nscheck"), "eval", "--quiet", e.plain()},
		},
		{
			name: nameDiff, output: os.DevNull, exits: found,
			command: []string{e.program("nscheck"), "diff", "--quiet", e.plain(), e.head(), "-f", "json=" + e.file("diff.json")},
		},
		{
			name: nameOPA, peer: true, output: e.file("opa.json"), exits: []int{0}, counted: e.file("opa.json"), count: countOPA,
			command: []string{e.program("opa"), "eval", "-i", e.input(), "-d", e.pack(), "-d", e.data(), "data.bench.deny"},
		},
		{
			name: nameConftest, peer: true, output: e.file("conftest.json"), exits: []int{1}, counted: e.file("conftest.json"), count: countConftest,
			command: []string{e.program("conftest"), "test", e.input(), "-p", e.pack(), "-d", e.data(), "-n", "bench", "-o", "json"},
		},
	}
}
