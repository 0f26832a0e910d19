package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
)

// estate is one generated estate and the files for it.
type estate struct {
	*settings
	clients int64
	peers   bool // whether the peers are measured, too
	folder  string
}

func (e *estate) file(name string) string { return filepath.Join(e.folder, name) }
func (e *estate) plain() string           { return e.file("estate.jsonl") }
func (e *estate) zstd() string            { return e.file("estate.jsonl.zst") }

// head is the same estate with more clients that violate a rule.
func (e *estate) head() string { return e.file("head.jsonl") }

// What the peers read: the clients, the other documents, and the rules.
func (e *estate) input() string { return e.file("input.json") }
func (e *estate) data() string  { return e.file("data.json") }
func (e *estate) pack() string  { return e.file("pack") }

// program is the path of one of the programs that make has built.
func (s *settings) program(name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	path := filepath.Join(s.bin, name)
	if absolute, err := filepath.Abs(path); err == nil {
		return absolute
	}
	return path
}

// prepare generates the estate and makes of it what the peers read. It tells what
// generating one file took.
func (e *estate) prepare(ctx context.Context) (generating figures, err error) {
	for name, violating := range map[string]float64{e.plain(): e.violating, e.zstd(): e.violating, e.head(): min(e.violating+1, 100)} {
		took, err := e.execute(ctx, os.DevNull, []int{0}, e.program("nscheck"), "fixture", "generate",
			"--clients", strconv.FormatInt(e.clients, 10), "--seed", strconv.FormatUint(e.seed, 10),
			"--violating", strconv.FormatFloat(violating, 'f', -1, 64), "-o", name)
		if err != nil {
			return took, err
		}
		if name == e.zstd() {
			generating = took
		}
	}
	if !e.peers {
		return generating, nil
	}
	docs, err := e.documents(ctx)
	if err != nil {
		return generating, fmt.Errorf("take the host's documents: %w", err)
	}
	if err := e.writePeers(docs); err != nil {
		return generating, fmt.Errorf("write what peers read: %w", err)
	}
	return generating, writePack(e.pack())
}
