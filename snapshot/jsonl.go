package snapshot

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"strconv"
)

// lineStream reads the records of a JSON Lines file in their order.
type lineStream struct {
	r     *Reader
	lines lineReader
	// sum is over all lines before the end record, exactly as they stand in
	// the file, line ends and byte order mark included: a file that was
	// converted is a file that was changed.
	sum     hash.Hash
	hasBOM  bool
	hasCRLF bool
}

// openLines reads the manifest and the estate.
func (r *Reader) openLines(in *bufio.Reader) error {
	s := &lineStream{r: r, lines: lineReader{in: in, limit: maxText}, sum: sha256.New()}
	if head, _ := in.Peek(len(bom)); bytes.Equal(head, bom) {
		s.hasBOM = true
	}
	r.blocks = s.blocks
	raw, err := s.record(kindManifest)
	if err != nil {
		return err
	}
	r.manifest = new(Manifest)
	if err := json.Unmarshal(raw, r.manifest); err != nil {
		return r.errorf(s.lines.number, "manifest: %s", err)
	}
	raw, err = s.record(kindEstate)
	if err != nil {
		return err
	}
	r.rawEstate = bytes.Clone(raw)
	r.estate = new(Estate)
	if err := json.Unmarshal(raw, r.estate); err != nil {
		return r.errorf(s.lines.number, "estate: %s", err)
	}
	return nil
}

// record reads the next record, which must be of one kind, and returns its
// fields as an object.
func (s *lineStream) record(want string) ([]byte, error) {
	full, line, kind, rest, err := s.next()
	if err != nil {
		return nil, err
	}
	s.sum.Write(full)
	if kind != want {
		return nil, s.r.errorf(s.lines.number, "a record of kind %s where %s must stand; the order is manifest, estate, clients, end", quote(kind), want)
	}
	return s.r.body(lineOf{line, kind, rest, s.lines.number}, -1)
}

// next reads a line and its kind. full is the line as it stands in the file.
func (s *lineStream) next() (full, line []byte, kind string, rest int, err error) {
	full, err = s.lines.next()
	switch {
	case errors.Is(err, io.EOF):
		return nil, nil, "", 0, s.r.truncated(s.lines.number, "the file has no end record")
	case errors.Is(err, errLongLine):
		return nil, nil, "", 0, s.r.errorf(s.lines.number, "longer than %d MiB, which no record of a snapshot is", maxText>>20)
	case err != nil:
		return nil, nil, "", 0, s.r.readError(err, s.lines.number-1)
	}
	line = trimLineEnd(full)
	s.hasCRLF = s.hasCRLF || bytes.HasSuffix(full, []byte("\r\n"))
	if s.lines.number == 1 {
		line = bytes.TrimPrefix(line, bom)
	}
	kind, rest, ok := splitKind(line)
	if full[len(full)-1] != '\n' && !(kind == kindEnd && json.Valid(line)) {
		return nil, nil, "", 0, s.r.truncated(s.lines.number-1, "the file stops in the middle of a line")
	}
	if !ok {
		return nil, nil, "", 0, s.noKind(line)
	}
	return full, line, kind, rest, nil
}

// noKind explains a line that does not begin as a record does.
func (s *lineStream) noKind(line []byte) error {
	number := s.lines.number
	if len(bytes.TrimSpace(line)) == 0 {
		return s.r.errorf(number, "the line is empty; a snapshot has one record a line")
	}
	if _, fl := decodeJSON(line); fl != nil {
		return s.r.flawError(lineOf{text: line, number: number}, nil, "", fl)
	}
	return s.r.errorf(number, `a record must be an object whose first field is "kind"`)
}

// lineOf is a line of a record: its kind, where its fields begin behind it, and
// the line's number in the file.
type lineOf struct {
	text   []byte
	kind   string
	rest   int
	number int
}

// body checks the fields of a record and returns them as an object on one
// line. index is the number of the client, from 0, or -1.
func (r *Reader) body(l lineOf, index int64) ([]byte, error) {
	shape, root := shapes[l.kind], l.kind
	if l.kind == kindClient {
		root = "clients[" + strconv.FormatInt(index, 10) + "]"
	}
	object := appendObject(nil, l.text, l.rest)
	if r.check.accepts(l.kind, object) {
		return object, nil
	}
	value, fl := decodeJSON(object)
	if fl != nil {
		return nil, r.flawError(l, shape, root, fl)
	}
	if l.kind == kindManifest {
		if err := r.checkFormat(value, l.number); err != nil {
			return nil, err
		}
	}
	changed, flaws := r.check.validate(l.kind, value)
	if len(flaws) > 0 {
		errs := make([]*Error, len(flaws))
		offsets := locateAllJSON(object, flaws)
		for i := range offsets {
			offsets[i] += l.rest
		}
		for i, at := range positions(l.text, offsets) {
			errs[i] = &Error{File: r.name, Line: l.number, Column: at.column, Path: pathText(root, flaws[i].place(), shape), Message: flaws[i].message}
		}
		return nil, join(errs)
	}
	if changed {
		return encodeValue(value)
	}
	return object, nil
}

func (r *Reader) flawError(l lineOf, shape *shape, root string, fl *flaw) error {
	return r.errorAt(l, l.rest+fl.offset, pathText(root, fl.path, shape), fl.message)
}

func (r *Reader) errorAt(l lineOf, offset int, path, message string) *Error {
	_, column := place(l.text, offset)
	return &Error{File: r.name, Line: l.number, Column: column, Path: path, Message: message}
}

// blocks yields the clients, many at a time, and checks the end record.
func (s *lineStream) blocks(yield func(*Block, error) bool) {
	sum := newHashing(s.sum)
	defer sum.wait()
	b := newBlock(s.r)
	emit := func() bool {
		if len(b.text) == 0 {
			return true
		}
		full := b
		sum.add(full)
		b = newBlock(s.r)
		return yield(full, nil)
	}
	for {
		full, line, kind, rest, err := s.next()
		if err == nil && kind == kindClient {
			if b.isFull(len(full)) && !emit() {
				return
			}
			b.add(full, s.lines.number, s.r.count)
			s.r.count++
			continue
		}
		if !emit() {
			return
		}
		sum.wait()
		switch {
		case err != nil:
		case kind == kindEnd:
			if err = s.end(full, line, rest); err == nil {
				return
			}
		case kind == kindManifest || kind == kindEstate:
			err = s.r.errorf(s.lines.number, "a second %s; the order is manifest, estate, clients, end", kind)
		default:
			err = s.r.errorf(s.lines.number, "the record kind %s is not known; it is one of manifest, estate, client, end", quote(kind))
		}
		yield(nil, err)
		return
	}
}

// end checks that the file is whole and unchanged, and that nothing follows.
func (s *lineStream) end(full, line []byte, rest int) error {
	raw, err := s.r.body(lineOf{line, kindEnd, rest, s.lines.number}, -1)
	if err != nil {
		return err
	}
	var end End
	if err := json.Unmarshal(raw, &end); err != nil {
		return s.r.errorf(s.lines.number, "end: %s", err)
	}
	number := s.lines.number
	whole := bytes.Clone(full)
	if end.Clients != s.r.count {
		return s.r.errorf(number, "the file was changed after it was written: its end record counts %d clients, and there are %d; collect again, or use an untouched copy", end.Clients, s.r.count)
	}
	if sum := hex.EncodeToString(s.sum.Sum(nil)); end.SHA256 != sum {
		return s.r.errorf(number, "the file was changed after it was written: the SHA-256 of its lines is not the one in its end record%s", s.conversion())
	}
	switch _, err := s.lines.next(); {
	case err == nil, errors.Is(err, errLongLine):
		return s.r.errorf(s.lines.number, "data after the end record in line %d; a file holds one snapshot", number)
	case !errors.Is(err, io.EOF):
		return s.r.readError(err, number)
	}
	s.sum.Write(whole)
	s.r.finish(s.sum)
	return nil
}

// conversion names the well-meant changes that break the sum.
func (s *lineStream) conversion() string {
	switch {
	case s.hasCRLF:
		return "; its lines end in CR LF, so it was probably converted on its way: copy it in binary mode"
	case s.hasBOM:
		return "; it begins with a byte order mark, so an editor probably saved it: use an untouched copy"
	}
	return "; collect again, or use an untouched copy"
}
