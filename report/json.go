package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"unicode/utf8"

	"github.com/nscheck/nscheck/evaluator/compare"
	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
)

// jsonFormat writes the result as one JSON object, described by
// result.schema.json. Findings come last and are streamed.
type jsonFormat struct{}

func (jsonFormat) Write(out io.Writer, r *compare.Outcome, o Options) error {
	w := bufio.NewWriter(out)
	exit := o.exit(r)
	head, err := encodeJSON(Document{Result: r.Result, Exit: exit}, "  ")
	if err != nil {
		return err
	}
	w.Write(bytes.TrimSuffix(head, []byte("\n}")))
	w.WriteString(",\n  \"findings\": [")
	if err := writeFindings(w, r.Findings()); err != nil {
		return err
	}
	if r.Baseline != nil {
		w.WriteString(",\n  \"absent\": [")
		if err := writeFindings(w, r.Absent()); err != nil {
			return err
		}
	}
	w.WriteString("\n}\n")
	return w.Flush()
}

// writeFindings writes findings, one a line, and the end of their list.
func writeFindings(w *bufio.Writer, findings iter.Seq2[result.Finding, error]) error {
	separator := "\n    "
	for f, err := range findings {
		if err != nil {
			return err
		}
		line, err := encodeJSON(f, "")
		if err != nil {
			return err
		}
		w.WriteString(separator)
		w.Write(line)
		separator = ",\n    "
	}
	if separator != "\n    " {
		w.WriteString("\n  ")
	}
	w.WriteString("]")
	return nil
}

// Document is the JSON format; result.schema.json is made from it.
type Document struct {
	*result.Result
	// What the command exits with, and under which limits.
	Exit Exit `json:"exit"`
	// All findings: those of the estate by rule, then those of the clients in the order of the snapshot.
	Findings []result.Finding `json:"findings,omitempty"`
	// Findings of the baseline that are not among these: absent, or incomparable where their rule was not evaluated in full; left out where no baseline was given.
	Absent []result.Finding `json:"absent,omitempty"`
}

// Exit is the exit status of a command with its limits.
type Exit struct {
	// Exit status: 0 clean, 1 findings, 2 a rule broke, 3 something was not evaluated.
	Status int `json:"status"`
	// Severity from which findings count.
	FailOn rule.Severity `json:"fail_on"`
	// Whether what was not evaluated was allowed.
	AllowIncomplete bool `json:"allow_incomplete"`
}

// encodeJSON leaves <, > and & as they are: JSON is no HTML.
func encodeJSON(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode the result: %w", err)
	}
	return escapeUnsafe(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// escapeUnsafe writes as escapes what JSON may hold as it is and a terminal or an
// editor may take for a command: the control characters beyond ASCII, and those
// that turn the direction of text. What the text says stays the same.
func escapeUnsafe(text []byte) []byte {
	if !bytes.ContainsFunc(text, isUnsafe) {
		return text
	}
	out := make([]byte, 0, len(text)+16)
	for _, r := range string(text) {
		if isUnsafe(r) {
			out = fmt.Appendf(out, `\u%04x`, r)
			continue
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

// isUnsafe reports whether a character is no text: a control character but tabs
// and line feeds, or one that turns the direction of what follows.
func isUnsafe(r rune) bool {
	switch {
	case r < ' ':
		return r != '\n' && r != '\t' && r != '\r'
	case r < 0x7F:
		return false
	case r <= 0x9F, r == 0x061C, r == 0x200E, r == 0x200F, r == 0xFEFF:
		return true
	}
	return 0x2028 <= r && r <= 0x202E || 0x2066 <= r && r <= 0x2069
}
