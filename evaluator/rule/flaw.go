package rule

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/internal/caret"
)

// FlawKind is what is wrong with rules; it is the name of a lint too.
type FlawKind string

// Kinds of flaws.
const (
	FlawSyntax          FlawKind = "syntax"           // is no Rego
	FlawCompile         FlawKind = "compile"          // does not compile
	FlawUnknownPath     FlawKind = "unknown-path"     // reads what there is not
	FlawRefusedBuiltin  FlawKind = "refused-builtin"  // calls what rules cannot call
	FlawMissingMetadata FlawKind = "missing-metadata" // its annotations lack something
	FlawUnknownMetadata FlawKind = "unknown-metadata" // they have what nobody reads
	FlawWrongMetadata   FlawKind = "wrong-metadata"   // they have what cannot be
	FlawContract        FlawKind = "contract"         // defines what is not the contract of rules
	FlawWrongDocument   FlawKind = "wrong-document"   // reads a document that is not for it
	FlawIDCollision     FlawKind = "id-collision"     // two rules have one id
	FlawPackage         FlawKind = "shared-package"   // two files define one package
	FlawReserved        FlawKind = "reserved-name"    // its name belongs to the built-in rules
	FlawExample         FlawKind = "example-file"     // a worked example cannot be read
)

// Flaw is something for which rules are refused.
type Flaw struct {
	// Kind of flaw.
	Kind FlawKind
	// File that it is in.
	File string
	// Row and Col are the place in the file, counted from 1 in lines and
	// characters; 0 where it is in no one place.
	Row, Col int
	// Key is the path of keys and positions to an entry of the annotations, where
	// the flaw is in one.
	Key []string
	// What is wrong, and what to do.
	Msg string
	// The line that it is in.
	Line string

	yamlLine int // of the annotations, counted from 1; 0 where they are read
}

// Error says where the flaw is and what it is, and shows the line.
func (f *Flaw) Error() string {
	place := f.File
	if f.Row > 0 {
		place += fmt.Sprintf(":%d", f.Row)
		if f.Col > 0 {
			place += fmt.Sprintf(":%d", f.Col)
		}
	}
	text := place + ": " + f.Msg
	if shown := caret.Caret(f.Line, f.Col); f.Col > 0 && shown != "" {
		text += "\n" + shown
	}
	return text
}

// Flaws are all reasons why rules are refused, by their place.
type Flaws []*Flaw

// Error shows each flaw.
func (f Flaws) Error() string {
	lines := make([]string, len(f))
	for i, flaw := range f {
		lines[i] = flaw.Error()
	}
	return strings.Join(lines, "\n")
}

// ShowIn fills in the lines of the flaws that are in a file.
func (f Flaws) ShowIn(file, text string) {
	for _, flaw := range f {
		if flaw.File == file {
			flaw.Line = caret.Line(text, flaw.Row)
		}
	}
}

// Err is an error where there are flaws.
func (f Flaws) Err() error {
	if len(f) == 0 {
		return nil
	}
	slices.SortStableFunc(f, func(a, b *Flaw) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Row, b.Row), cmp.Compare(a.Col, b.Col), strings.Compare(a.Msg, b.Msg))
	})
	return slices.CompactFunc(f, func(a, b *Flaw) bool {
		return a.File == b.File && a.Row == b.Row && a.Col == b.Col && a.Msg == b.Msg
	})
}

// flawAt is a flaw at a place in a file.
func flawAt(kind FlawKind, loc *ast.Location, format string, args ...any) *Flaw {
	f := &Flaw{Kind: kind, Msg: fmt.Sprintf(format, args...)}
	if loc != nil {
		f.File, f.Row, f.Col = loc.File, loc.Row, loc.Col
	}
	return f
}

// flawOn is a flaw of a file as such.
func flawOn(kind FlawKind, file, format string, args ...any) *Flaw {
	return &Flaw{Kind: kind, File: file, Msg: fmt.Sprintf(format, args...)}
}

// endIn puts a flaw that lies behind what is written at its end, and fills in
// the line.
func (f *Flaw) endIn(text string) {
	if f.yamlLine > 0 {
		f.placeInMetadata(text)
	}
	lines := strings.Split(text, "\n")
	row := min(max(f.Row, 1), len(lines))
	line := caret.Line(text, row)
	for f.Col == 0 && row > 1 && strings.TrimSpace(line) == "" {
		row--
		line = caret.Line(text, row)
	}
	if f.Col == 0 {
		f.Col = utf8.RuneCountInString(line) + 1
	}
	f.Row, f.Line = row, line
}

// flaw notes why the pack is refused; work goes on, to find what else is wrong.
func (p *Pack) flaw(flaws ...*Flaw) { p.flaws = append(p.flaws, flaws...) }

// refusal is the error for all flaws that were found; nil where there are none.
func (p *Pack) refusal() error {
	for _, f := range p.flaws {
		for _, m := range p.modules {
			if f.File != m.file || f.Row == 0 && f.Key == nil {
				continue
			}
			if f.Row == 0 || f.Key != nil {
				f.placeIn(m)
			}
			f.Line = caret.Line(m.text, f.Row)
		}
	}
	return p.flaws.Err()
}
