package report

import "io"

// Entry is a named thing and what is known about it.
type Entry struct {
	Name string
	// Text follows the name on its line.
	Text string
	// Lines are below it.
	Lines []string
}

// Entries writes entries, and a note below them unless it is empty.
func Entries(out io.Writer, list []Entry, note string, o Options) error {
	w := newWriter(out, o)
	for i, e := range list {
		if i > 0 {
			w.line("")
		}
		w.put(block{indent: 2, label: e.Name + ": ", labels: bold, body: e.Text})
		for _, line := range e.Lines {
			w.put(block{at: 4, indent: 4, body: line})
		}
	}
	if note != "" {
		w.line("")
		w.put(block{body: note})
	}
	return w.out.Flush()
}
