package snapshot

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"
)

// document is a snapshot in one JSON or YAML text.
type document struct {
	r     *Reader
	text  []byte
	root  *yaml.Node // nil for JSON
	value map[string]any
}

// openDocument reads and checks the whole document.
func (r *Reader) openDocument(in *bufio.Reader) error {
	text, err := io.ReadAll(io.LimitReader(in, maxText+1))
	if err != nil {
		return r.readError(err, bytes.Count(text, []byte("\n")))
	}
	if len(text) > maxText {
		return r.errorf(0, "a document larger than %d MiB; large snapshots are written as JSON Lines", maxText>>20)
	}
	sum := sha256.New()
	sum.Write(text)
	r.finish(sum)
	d := &document{r: r, text: bytes.TrimPrefix(text, bom)}
	if err := d.decode(); err != nil {
		return err
	}
	return d.open()
}

// NewYAMLReader reads a snapshot that is a part of a YAML file: the object at
// root. Errors have places in that file, which they call name.
func NewYAMLReader(root *yaml.Node, name string) (*Reader, error) {
	r := &Reader{name: name, form: YAML, check: schemaValidator{}}
	d := &document{r: r, root: root}
	value, fl := (&yamlDecoder{}).value(root, nil)
	if err := d.keep(value, fl); err != nil {
		return nil, err
	}
	text, err := encodeValue(d.value)
	if err != nil {
		return nil, r.errorf(root.Line, "%s", err)
	}
	sum := sha256.New()
	sum.Write(text)
	r.finish(sum)
	if err := d.open(); err != nil {
		return nil, err
	}
	return r, nil
}

// open checks a decoded document and takes it.
func (d *document) open() error {
	r := d.r
	line, _ := d.place([]string{"manifest", "format"}, false)
	if err := r.checkFormat(d.value["manifest"], line); err != nil {
		return err
	}
	if _, flaws := r.check.validate(kindDocument, d.value); len(flaws) > 0 {
		errs := make([]*Error, len(flaws))
		for i, at := range d.places(flaws) {
			errs[i] = d.errorAt(at.line, at.column, flaws[i].place(), flaws[i].message)
		}
		return join(errs)
	}
	return d.take()
}

func (d *document) decode() error {
	if at := invalidUTF8(d.text); at >= 0 {
		line, column := place(d.text, at)
		return d.errorAt(line, column, nil, "not valid UTF-8; save the file as UTF-8")
	}
	var value any
	var fl *flaw
	if d.r.form == JSON {
		if value, fl = decodeJSON(d.text); fl != nil {
			fl.line, fl.column = place(d.text, fl.offset)
		}
	} else {
		value, d.root, fl = decodeYAML(d.text)
	}
	return d.keep(value, fl)
}

// keep takes what a text was decoded into.
func (d *document) keep(value any, fl *flaw) error {
	if fl != nil {
		return d.errorAt(fl.line, fl.column, fl.path, fl.message)
	}
	object, ok := value.(map[string]any)
	if !ok {
		return d.r.errorf(0, `is not a snapshot: it must be an object with "estate" and "clients", and is %s`, describe(value))
	}
	d.value = object
	return nil
}

// take keeps the parts of a checked document.
func (d *document) take() error {
	if manifest, ok := d.value["manifest"]; ok {
		text, err := encodeValue(manifest)
		if err != nil {
			return d.r.errorf(0, "manifest: %s", err)
		}
		d.r.manifest = new(Manifest)
		if err := json.Unmarshal(text, d.r.manifest); err != nil {
			return d.r.errorf(0, "manifest: %s", err)
		}
	}
	text, err := encodeValue(d.value["estate"])
	if err != nil {
		return d.r.errorf(0, "estate: %s", err)
	}
	d.r.rawEstate, d.r.estate = text, new(Estate)
	if err := json.Unmarshal(text, d.r.estate); err != nil {
		return d.r.errorf(0, "estate: %s", err)
	}
	d.r.blocks = d.blocks
	return nil
}

// blocks writes the clients as the records that they would be in JSON Lines.
func (d *document) blocks(yield func(*Block, error) bool) {
	clients, _ := d.value["clients"].([]any)
	lines := d.clientLines(len(clients))
	b := newBlock(d.r)
	for i, client := range clients {
		if c, ok := client.(map[string]any); ok {
			if status, ok := c["status"].(string); ok {
				c["status"] = AssetStatus(status)
			}
		}
		raw, err := encodeValue(client)
		if err != nil {
			yield(nil, d.errorAt(lines[i], 0, []string{"clients", strconv.Itoa(i)}, err.Error()))
			return
		}
		if b.isFull(len(raw)) {
			if !yield(b, nil) {
				return
			}
			b = newBlock(d.r)
		}
		b.add(slices.Concat([]byte(`{"kind":"client",`), raw[1:], []byte("\n")), 0, d.r.count)
		b.lines = append(b.lines, lines[i])
		d.r.count++
	}
	if len(b.text) > 0 {
		yield(b, nil)
	}
}

// clientLines finds the lines of all clients in one pass.
func (d *document) clientLines(n int) []int {
	lines := make([]int, 0, n)
	if d.root != nil {
		list := resolve(locateYAML(d.root, []string{"clients"}, false))
		for i := range n {
			lines = append(lines, list.Content[i].Line)
		}
		return lines
	}
	if n == 0 {
		return lines
	}
	start := locateJSON(d.text, []string{"clients"}, false)
	dec := jsonDecoder{text: d.text[start:], dec: json.NewDecoder(bytes.NewReader(d.text[start:]))}
	line, _ := place(d.text, start)
	at := 0
	_, err := dec.dec.Token()
	for err == nil && len(lines) < n {
		next := dec.start()
		line += bytes.Count(dec.text[at:next], []byte("\n"))
		at = next
		lines = append(lines, line)
		var skip json.RawMessage
		err = dec.dec.Decode(&skip)
	}
	return lines
}

func (d *document) place(path []string, atKey bool) (line, column int) {
	if d.root != nil {
		node := locateYAML(d.root, path, atKey)
		return node.Line, node.Column
	}
	return place(d.text, locateJSON(d.text, path, atKey))
}

// places are those of what is wrong.
func (d *document) places(flaws []finding) []position {
	if d.root == nil {
		return positions(d.text, locateAllJSON(d.text, flaws))
	}
	out := make([]position, len(flaws))
	for i, node := range locateAllYAML(d.root, flaws) {
		out[i] = position{node.Line, node.Column}
	}
	return out
}

func (d *document) errorAt(line, column int, path []string, message string) *Error {
	return &Error{File: d.r.name, Line: line, Column: column, Path: pathText("", path, shapes[kindDocument]), Message: message}
}

// checkFormat refuses a manifest of a newer version before anything else is
// said about its fields, which this version may not know.
func (r *Reader) checkFormat(manifest any, line int) error {
	fields, _ := manifest.(map[string]any)
	number, ok := fields["format"].(json.Number)
	if !ok {
		return nil
	}
	version, err := strconv.ParseInt(number.String(), 10, 64)
	if err == nil && version <= FormatVersion || err != nil && !errors.Is(err, strconv.ErrRange) {
		return nil
	}
	return r.errorf(line, "the snapshot has format version %s, and this nscheck reads versions up to %d; use a newer nscheck", number, FormatVersion)
}

// encodeValue writes a decoded value as JSON on one line, keys in order.
func encodeValue(value any) ([]byte, error) {
	return appendRecord(nil, value)
}
