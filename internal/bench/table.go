package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nscheck/nscheck/internal/atomicfile"
)

// row is one program with one number of clients; without figures it was not run.
type row struct {
	name    string
	clients int64
	figures []figures
	killed  bool
}

// slowAfter is when a program is slow enough to be measured once.
const slowAfter = time.Minute

func (r *row) slow() bool { return len(r.figures) > 0 && r.figures[0].Wall > slowAfter }

// median is that of each figure by itself.
func (r *row) median() figures {
	return figures{
		Wall: middle(r.figures, func(f figures) time.Duration { return f.Wall }),
		CPU:  middle(r.figures, func(f figures) time.Duration { return f.CPU }),
		Peak: middle(r.figures, func(f figures) int64 { return f.Peak }),
	}
}

func middle[T cmp.Ordered](all []figures, value func(figures) T) T {
	var values []T
	for _, f := range all {
		values = append(values, value(f))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// render makes two Markdown tables, of the figures and of what the aims ask.
func render(rows []row, s *settings) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d processors, %s/%s, %s; %v %% of the clients violate a rule, seed %d.\n"+
		"Wall time, processor time, peak memory; medians of %d.\n\n", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), s.violating, s.seed, s.repeat)
	b.WriteString("| clients |")
	for _, n := range s.clients {
		fmt.Fprintf(&b, " %s |", thousands(n))
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(s.clients)) + "\n")
	for _, name := range []string{nameNscheckZstd, nameNscheck, nameTable, nameDiff, nameGenerate, nameFloor, nameOPA, nameConftest} {
		fmt.Fprintf(&b, "| %s |", name)
		for _, n := range s.clients {
			fmt.Fprintf(&b, " %s |", cell(find(rows, name, n)))
		}
		b.WriteString("\n")
	}
	b.WriteString("\n| " + nameNscheck + ", compared |")
	for _, n := range s.clients {
		fmt.Fprintf(&b, " %s |", thousands(n))
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(s.clients)) + "\n")
	for _, ratio := range ratios {
		fmt.Fprintf(&b, "| %s |", ratio.name)
		for _, n := range s.clients {
			fmt.Fprintf(&b, " %s |", ratio.of(rows, n))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func find(rows []row, name string, clients int64) *row {
	for i := range rows {
		if rows[i].name == name && rows[i].clients == clients && (len(rows[i].figures) > 0 || rows[i].killed) {
			return &rows[i]
		}
	}
	return nil
}

func cell(r *row) string {
	if r == nil {
		return "not run"
	}
	if r.killed {
		return "killed by the system"
	}
	f := r.median()
	memory := "?"
	if f.Peak > 0 {
		memory = fmt.Sprintf("%d MiB", (f.Peak+1<<19)>>20)
	}
	return fmt.Sprintf("%s, %s, %s", seconds(f.Wall), seconds(f.CPU), memory)
}

// ratio compares nscheck, or something with it.
type ratio struct {
	name         string
	above, below string
	value        func(figures) float64
}

var ratios = []ratio{
	{"processor time, times that of the floor", nameNscheck, nameFloor, cpu},
	{"opa eval's wall time, times as much", nameOPA, nameNscheck, wall},
	{"opa eval's memory, times as much", nameOPA, nameNscheck, memory},
	{"conftest's wall time, times as much", nameConftest, nameNscheck, wall},
	{"conftest's memory, times as much", nameConftest, nameNscheck, memory},
}

func cpu(f figures) float64    { return f.CPU.Seconds() }
func wall(f figures) float64   { return f.Wall.Seconds() }
func memory(f figures) float64 { return float64(f.Peak) }

func (r ratio) of(rows []row, clients int64) string {
	above, below := find(rows, r.above, clients), find(rows, r.below, clients)
	if above == nil || below == nil || above.killed || below.killed || r.value(below.median()) == 0 {
		return "–"
	}
	return strconv.FormatFloat(r.value(above.median())/r.value(below.median()), 'f', 1, 64)
}

func seconds(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%.2f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f s", d.Seconds())
}

func thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// A table stands between these in a page, one for each share of clients that
// violate a rule.
const (
	tableBegin = "<!-- make bench at %v %% writes from here -->\n"
	tableEnd   = "<!-- to here -->\n"
)

func checkMarkers(page string, violating float64) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	_, err = replaceTable(string(text), violating, "")
	if err != nil {
		return fmt.Errorf("%s: %w", page, err)
	}
	return nil
}

// writeTable replaces a table of a page.
func writeTable(page string, violating float64, table string) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	changed, err := replaceTable(string(text), violating, table)
	if err != nil {
		return fmt.Errorf("%s: %w", page, err)
	}
	f, err := atomicfile.Create(page)
	if err != nil {
		return err
	}
	defer f.Abort()
	if _, err := f.WriteString(changed); err != nil {
		return err
	}
	return f.Commit()
}

func replaceTable(text string, violating float64, table string) (string, error) {
	begin := fmt.Sprintf(tableBegin, violating)
	before, rest, found := strings.Cut(text, begin)
	_, after, ended := strings.Cut(rest, tableEnd)
	if !found || !ended {
		return "", errors.New("it lacks the lines that the table stands between: " +
			strings.TrimSpace(begin) + " and " + strings.TrimSpace(tableEnd))
	}
	return before + begin + "\n" + table + "\n" + tableEnd + after, nil
}
