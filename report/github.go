package report

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"os"
	"strconv"
	"strings"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
)

// githubFormat writes workflow commands of GitHub Actions, which become
// annotations, and adds the markdown format to the job's summary.
type githubFormat struct{}

func (g githubFormat) Write(out io.Writer, r *compare.Outcome, o Options) error {
	return g.write(out, r, listed(r), o)
}

func (githubFormat) write(out io.Writer, r *compare.Outcome, findings iter.Seq2[result.Finding, error], o Options) error {
	d, err := newDigest(r, findings, o)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	all := newAnnotations(r, d)
	for _, a := range all.list {
		w.WriteString(githubCommand(a, o) + "\n")
	}
	w.WriteString(githubCommand(annotation{level: "note", title: "nscheck", msg: all.conclusion(r, o)}, o) + "\n")
	if err := w.Flush(); err != nil || o.StepSummary == "" {
		return err
	}
	return addSummary(o.StepSummary, r, d, o)
}

// addSummary adds to the file that other steps of the job may have written to.
func addSummary(file string, r *compare.Outcome, d *digest, o Options) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o666)
	if err != nil {
		return fmt.Errorf("add to the job's summary: %w", err)
	}
	err = writeMarkdown(f, r, d, o)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("add to the job's summary %s: %w", file, err)
	}
	return nil
}

var githubLevel = map[string]string{"error": "error", "warning": "warning", "note": "notice"}

func githubCommand(a annotation, o Options) string {
	var properties []string
	if p := o.place(a.place); p != nil {
		properties = append(properties, "file="+githubProperty(p.File))
		if p.Line > 0 {
			properties = append(properties, "line="+strconv.Itoa(p.Line))
		}
		if p.Column > 0 {
			properties = append(properties, "col="+strconv.Itoa(p.Column))
		}
	}
	properties = append(properties, "title="+githubProperty(a.title))
	return "::" + githubLevel[a.level] + " " + strings.Join(properties, ",") + "::" + githubMessage(a.msg)
}

var (
	githubMessages   = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperties = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// githubMessage escapes the message of a workflow command.
func githubMessage(s string) string { return githubMessages.Replace(s) }

// githubProperty escapes a property of a workflow command.
func githubProperty(s string) string { return githubProperties.Replace(s) }
