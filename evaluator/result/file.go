package result

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/textfile"
	"github.com/nscheck/nscheck/snapshot"
)

// File is a result that an earlier run wrote as JSON. Its findings are read
// one after the other, as often as they are asked for.
type File struct {
	// File as it was named.
	Name string `json:"-"`
	// Version of the result format.
	Format int `json:"format"`
	// What produced the result.
	Tool Tool `json:"tool"`
	// What was judged.
	Snapshot struct {
		SHA256   string `json:"sha256"`
		Manifest *struct {
			CollectedAt *snapshot.Time `json:"collected_at"`
		} `json:"manifest"`
		Server *snapshot.Server `json:"server"`
	} `json:"snapshot"`
	// What it was judged by.
	Pack struct {
		SHA256 string `json:"sha256"`
	} `json:"pack"`
	// What became of the rules.
	Rules []RuleResult `json:"rules"`
	// The sites of the estate.
	Sites []Site `json:"sites"`
	// Day as of which waivers were judged; empty where there was nothing to judge.
	AsOf rule.Date `json:"as_of"`

	compared bool // it is a difference, which has findings as a result has them
}

// errNoResult is told of files that are something else.
var errNoResult = errors.New("it is no result of nscheck; scan and eval write one with -f json=FILE")

// errCompared is told of differences where a result is wanted.
var errCompared = errors.New("it is a comparison, which gate and diff write; scan and eval write a result with -f json=FILE")

// Open reads a result but for its findings.
func Open(name string) (*File, error) {
	f, err := OpenFindings(name)
	if err == nil && f.compared {
		return nil, fmt.Errorf("read %s: %w", name, errCompared)
	}
	return f, err
}

// OpenFindings reads a result, or a difference, of which nothing but the findings
// that are not on both sides are read.
func OpenFindings(name string) (*File, error) {
	f := &File{Name: name}
	if err := f.scan(func(json.RawMessage) error { return nil }); err != nil {
		return nil, err
	}
	switch {
	case f.Format == 0 || f.Tool.Name != "nscheck":
		return nil, fmt.Errorf("read %s: %w", name, errNoResult)
	case f.Format > Format:
		return nil, fmt.Errorf("read %s: it has format %d, and this nscheck reads %d; use the nscheck that wrote it, or a newer one", name, f.Format, Format)
	}
	return f, nil
}

// Day is the day as of which the result was judged, as far as it says; empty where
// it does not.
func (f *File) Day() rule.Date {
	if f.AsOf == "" && f.Snapshot.Manifest != nil && f.Snapshot.Manifest.CollectedAt != nil {
		return rule.DateOf(f.Snapshot.Manifest.CollectedAt.Time)
	}
	return f.AsOf
}

// Findings yields the findings of the result.
func (f *File) Findings() iter.Seq2[Finding, error] {
	return func(yield func(Finding, error) bool) {
		errStop := errors.New("stop")
		err := f.scan(func(text json.RawMessage) error {
			var finding Finding
			dec := json.NewDecoder(strings.NewReader(string(text)))
			dec.UseNumber()
			if err := dec.Decode(&finding); err != nil {
				return err
			}
			if !yield(finding, nil) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(Finding{}, err)
		}
	}
}

// scan reads the file once, whatever the order of its keys.
func (f *File) scan(each func(json.RawMessage) error) error {
	file, err := textfile.Open(f.Name)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := f.scanFrom(textfile.NewReader(bufio.NewReaderSize(file, 1<<16)), each); err != nil {
		return fmt.Errorf("read %s: %w", f.Name, err)
	}
	return nil
}

func (f *File) scanFrom(r io.Reader, each func(json.RawMessage) error) error {
	dec := json.NewDecoder(r)
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return errNoResult
	}
	fields := map[string]any{"format": &f.Format, "tool": &f.Tool, "snapshot": &f.Snapshot, "pack": &f.Pack, "rules": &f.Rules, "sites": &f.Sites, "as_of": &f.AsOf}
	found := false
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return truncated(err)
		}
		name, _ := key.(string)
		switch {
		case name == "findings":
			found = true
			err = scanList(dec, each)
		case name == "base" || name == "head": // which stand before what a difference has otherwise
			f.compared = true
			err = dec.Decode(new(json.RawMessage))
		case fields[name] != nil && !(f.compared && name == "rules"):
			err = dec.Decode(fields[name])
		default:
			err = dec.Decode(new(json.RawMessage))
		}
		if err != nil {
			return truncated(err)
		}
	}
	if _, err := dec.Token(); err != nil {
		return truncated(err)
	}
	if !found {
		return errNoResult
	}
	return nil
}

func scanList(dec *json.Decoder, each func(json.RawMessage) error) error {
	if t, err := dec.Token(); err != nil {
		return err
	} else if t != json.Delim('[') {
		return errNoResult
	}
	for dec.More() {
		var text json.RawMessage
		if err := dec.Decode(&text); err != nil {
			return err
		}
		if err := each(text); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

// truncated says so of a file that ends too early.
func truncated(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it is truncated")
	}
	return err
}

// IsResult tells a result from other files, such as snapshots, by the key that it
// begins with.
func IsResult(name string) (bool, error) {
	file, err := textfile.Open(name)
	if err != nil {
		return false, err
	}
	defer file.Close()
	dec := json.NewDecoder(textfile.NewReader(bufio.NewReader(file)))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return false, nil // YAML, or compressed
	}
	key, err := dec.Token()
	return err == nil && key == "format", nil
}
