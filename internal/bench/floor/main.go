// Command floor judges the clients of a snapshot by the client rules of the
// built-in pack, written by hand in Go. It is what an engine for rules is
// measured against: how fast the same checks can be without one.
//
// A snapshot in plain JSON Lines goes in; how many violations and unknowns each
// rule has goes to standard output, and the violations to the file that -o names. It
// takes for granted what nscheck makes sure of: that the file is whole and
// matches the schema, that every section was collected, and that the
// parameters have their defaults. It computes no causes, and it counts nothing
// for the rules about the estate.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
)

func main() {
	out := flag.String("o", os.DevNull, "write the violations to `FILE`, one a line")
	flag.Parse()
	if err := run(flag.Arg(0), *out); err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(2)
	}
}

func run(snapshot, out string) error {
	in, err := os.Open(snapshot)
	if err != nil {
		return err
	}
	defer in.Close()
	violations, err := os.Create(out)
	if err != nil {
		return err
	}
	defer violations.Close()
	tally, err := judgeFile(in, violations, runtime.GOMAXPROCS(0))
	if err != nil {
		return err
	}
	if err := violations.Close(); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(tally.counts())
}

// judgeFile reads lines, has them judged in parallel, and writes the violations
// in the order of the lines.
func judgeFile(in io.Reader, out io.Writer, workers int) (*tally, error) {
	lines := bufio.NewReader(in)                     // small, so that chunks are read past it
	if _, err := lines.ReadBytes('\n'); err != nil { // the manifest
		return nil, err
	}
	text, err := lines.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	var estate struct {
		Server struct {
			Version       string `json:"version"`
			PluginVersion string `json:"plugin_version"`
		} `json:"server"`
	}
	if err := json.Unmarshal(text, &estate); err != nil {
		return nil, err
	}
	j := judge{server: []byte(estate.Server.Version), plugin: []byte(estate.Server.PluginVersion)}
	return judgeAll(lines, out, j, workers)
}
