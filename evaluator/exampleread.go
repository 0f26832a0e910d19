package evaluator

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/caret"
	"github.com/nscheck/nscheck/internal/strictyaml"
	"github.com/nscheck/nscheck/internal/suggest"
	"github.com/nscheck/nscheck/internal/textfile"
	"github.com/nscheck/nscheck/snapshot"
)

// ReadExamples reads a file of worked examples; of an empty one there are none.
// Where it cannot, the error is [Flaws] that call the file by its name.
func ReadExamples(file string, data []byte) ([]Example, error) {
	if text, err := textfile.Decode(data); err == nil {
		data = text // else it is told with its place
	}
	r := exampleReader{file: file, text: string(data)}
	examples := r.read()
	if err := r.flaws.Err(); err != nil {
		return nil, err
	}
	return examples, nil
}

// exampleReader reads a file of worked examples.
type exampleReader struct {
	file, text string
	flaws      rule.Flaws
}

func (r *exampleReader) bad(at *yaml.Node, message string) {
	r.flaws = append(r.flaws, exampleFlaw(r.file, r.text, at.Line, at.Column, message))
}

func exampleFlaw(file, text string, row, col int, message string) *rule.Flaw {
	return &rule.Flaw{Kind: rule.FlawExample, File: file, Row: row, Col: col, Msg: message, Line: caret.Line(text, row)}
}

func (r *exampleReader) read() []Example {
	top, err := strictyaml.Parse([]byte(r.text))
	if err != nil {
		r.flaws = append(r.flaws, exampleFlaw(r.file, r.text, err.Line, err.Column, err.Message))
		return nil
	}
	if top == nil {
		return nil
	}
	exampleFileForm.check("the file", top, r.bad)
	if len(r.flaws) > 0 {
		return nil
	}
	var file struct{ Examples []Example }
	strict := yaml.NewDecoder(bytes.NewReader([]byte(r.text)))
	strict.KnownFields(true) // of merged keys, too
	if err := strict.Decode(&file); err != nil {
		r.notYAML(err)
		return nil
	}
	_, list := rule.EntryOf(top, "examples")
	for i := range file.Examples {
		e := &file.Examples[i]
		e.node, e.text, e.File = resolved(resolved(list).Content[i]), r.text, r.file
		e.Line = e.node.Line
	}
	r.checkEach(file.Examples)
	return file.Examples
}

var yamlErrorLine = regexp.MustCompile(`^line (\d+): `)

// notYAML notes what the reader of YAML found.
func (r *exampleReader) notYAML(err error) {
	for message := range strings.SplitSeq(rule.YAMLError(err).Error(), "; ") {
		row := 1
		if m := yamlErrorLine.FindStringSubmatch(message); m != nil {
			row, _ = strconv.Atoi(m[1])
			message = message[len(m[0]):]
		}
		line := caret.Line(r.text, row)
		col := len(line) - len(strings.TrimLeft(line, " \t")) + 1
		r.flaws = append(r.flaws, exampleFlaw(r.file, r.text, row, col, "it is not YAML: "+message))
	}
}

// checkEach finds what examples lack, and values that there are not.
func (r *exampleReader) checkEach(examples []Example) {
	named := map[string]int{}
	for _, e := range examples {
		name, case_, verdict := e.at("name"), e.at("case"), e.at("expect", "verdict")
		switch first, taken := named[e.Name]; {
		case e.Name == "":
			r.bad(name, "the example has no name; say the case in words, such as name: a site has no server")
		case taken:
			r.bad(name, fmt.Sprintf("the name %q is that of the example in line %d, too; give every example a name of its own", e.Name, first))
		default:
			named[e.Name] = e.Line
		}
		switch {
		case e.Case == "":
			r.bad(case_, "the example has no case; write case: and one of "+strings.Join(ExampleCases, ", "))
		case !slices.Contains(ExampleCases, e.Case):
			r.bad(case_, noSuch("case", e.Case, ExampleCases))
		}
		if e.Estate.IsZero() {
			r.bad(e.at("estate"), `the example has no estate; write "estate: {}" where the rule reads clients alone`)
		}
		switch verdicts := verdictNames(exampleVerdicts); {
		case e.Expect.Verdict == "":
			r.bad(verdict, "the example expects no verdict; write expect: {verdict: …} with one of "+strings.Join(verdicts, ", "))
		case !slices.Contains(exampleVerdicts, e.Expect.Verdict):
			r.bad(verdict, noSuch("verdict", string(e.Expect.Verdict), verdicts))
		}
	}
}

// noSuch says that a value is none of those that there are.
func noSuch(what, value string, known []string) string {
	text := fmt.Sprintf("there is no %s %q", what, shortened(value))
	if near := suggest.To(value, known); near != "" {
		return text + fmt.Sprintf("; did you mean %s?", near)
	}
	return text + "; there are " + strings.Join(known, ", ")
}

// at is where a value of the example stands in its file, or the key of what it is
// missing in.
func (e *Example) at(path ...string) *yaml.Node {
	around, node := e.node, e.node
	for _, step := range path {
		key, value := rule.EntryOf(resolved(node), step)
		if value == nil {
			return around
		}
		around, node = key, value
	}
	return node
}

// packFor is the pack with the parameters of the example.
func (e *Example) packFor(pack *rule.Pack) (*rule.Pack, error) {
	with, name, err := pack.WithParams(e.Params)
	if err == nil {
		return with, nil
	}
	at := e.at("params")
	if key, _ := rule.EntryOf(resolved(at), name); key != nil {
		at = key
	}
	return nil, rule.Flaws{exampleFlaw(e.File, e.text, at.Line, at.Column, "params: "+err.Error())}
}

// snapshotFlaws are the places in the file of what is wrong with the snapshot of
// an example.
func (e *Example) snapshotFlaws(err error) error {
	var list snapshot.Errors
	var one *snapshot.Error
	switch {
	case errors.As(err, &list):
	case errors.As(err, &one):
		list = snapshot.Errors{one}
	default:
		return err
	}
	flaws := make(rule.Flaws, len(list))
	for i, f := range list {
		message := f.Message
		if f.Path != "" {
			message = f.Path + ": " + message
		}
		flaws[i] = exampleFlaw(e.File, e.text, cmp.Or(f.Line, e.Line), f.Column, message)
	}
	return flaws.Err()
}
