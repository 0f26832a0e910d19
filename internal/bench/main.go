// Command bench measures nscheck beside what else could judge the clients of an
// estate: opa eval and conftest with the same rules in Rego, and the same checks
// written by hand in Go (the floor). "make bench" builds what it needs and runs it.
//
// Numbers of clients go in. For each one a synthetic estate is generated, every
// program judges it as a process of its own, several times in turns, and a
// Markdown table comes out. Where two programs do not count the same violations
// for each rule, it fails: they would not have done the same work.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
)

// settings are what the flags say.
type settings struct {
	clients   []int64
	violating float64
	seed      uint64
	repeat    int
	peersUpTo int64  // peers, which hold all clients, get no more
	bin       string // folder of the programs
	folder    string // for the estates and what comes of them
	write     string // a page to write the table into
}

func main() {
	s, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err == nil {
		err = run(ctx, s)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
}

func parse(args []string) (*settings, error) {
	s := &settings{}
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	clients := f.String("clients", "1000 10000 100000 1000000", "numbers of clients to measure with")
	f.Float64Var(&s.violating, "violating", 5, "percent of the clients that violate a rule")
	f.Uint64Var(&s.seed, "seed", 1, "seed of the estates")
	f.IntVar(&s.repeat, "repeat", 3, "how often to measure; medians count")
	f.Int64Var(&s.peersUpTo, "peers-up-to", 100_000, "most clients for opa and conftest: they take some 25 KiB of memory for each")
	f.StringVar(&s.bin, "bin", "bin", "folder of nscheck, opa, conftest, floor and launch")
	f.StringVar(&s.folder, "folder", "", "folder for the estates (default: a temporary one, removed at the end)")
	f.StringVar(&s.write, "write", "", "write the table into this page, between its markers")
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	for _, word := range strings.Fields(strings.ReplaceAll(*clients, ",", " ")) {
		n, err := strconv.ParseInt(word, 10, 64)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("-clients: %q is not a number of clients", word)
		}
		s.clients = append(s.clients, n)
	}
	switch {
	case f.NArg() > 0:
		return nil, fmt.Errorf("%q is no flag", f.Arg(0))
	case len(s.clients) == 0:
		return nil, errors.New("-clients names no number of clients")
	case s.repeat < 1:
		return nil, errors.New("-repeat must be 1 at least")
	}
	return s, nil
}

func run(ctx context.Context, s *settings) error {
	if s.write != "" {
		if err := checkMarkers(s.write, s.violating); err != nil { // before hours of measuring
			return err
		}
	}
	if s.folder == "" {
		folder, err := os.MkdirTemp("", "nscheck-bench-*")
		if err != nil {
			return err
		}
		defer os.RemoveAll(folder)
		s.folder = folder
	}
	var rows []row
	for _, n := range s.clients {
		more, err := measureEstate(ctx, s, n)
		if err != nil {
			return fmt.Errorf("%d clients: %w", n, err)
		}
		rows = append(rows, more...)
	}
	table := render(rows, s)
	fmt.Print(table)
	if s.write == "" {
		return nil
	}
	return writeTable(s.write, s.violating, table)
}

// measureEstate measures everything with one number of clients.
func measureEstate(ctx context.Context, s *settings, clients int64) ([]row, error) {
	e := &estate{
		settings: s, clients: clients, peers: clients <= s.peersUpTo,
		folder: filepath.Join(s.folder, strconv.FormatInt(clients, 10)),
	}
	if err := os.MkdirAll(e.folder, 0o755); err != nil {
		return nil, err
	}
	defer os.RemoveAll(e.folder)
	fmt.Fprintf(os.Stderr, "%d clients: preparing\n", clients)
	generating, err := e.prepare(ctx)
	if err != nil {
		return nil, err
	}
	subjects := e.subjects()
	rows := make([]row, len(subjects))
	for round := range s.repeat {
		for i, subject := range subjects {
			r := &rows[i]
			r.name, r.clients = subject.name, clients
			if subject.peer && !e.peers || r.killed || round > 0 && r.slow() {
				continue
			}
			fmt.Fprintf(os.Stderr, "%d clients: %s, %d of %d\n", clients, subject.name, round+1, s.repeat)
			f, err := e.execute(ctx, subject.output, subject.exits, subject.command...)
			if r.killed = subject.peer && f.Exit == killed; r.killed {
				r.figures = nil
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", subject.name, err)
			}
			r.figures = append(r.figures, f)
		}
	}
	var ran []*subject
	for i, subject := range subjects {
		if len(rows[i].figures) > 0 {
			ran = append(ran, subject)
		}
	}
	rows = append(rows, row{name: nameGenerate, clients: clients, figures: []figures{generating}})
	return rows, compare(ran)
}
