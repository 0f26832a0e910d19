package snapshot

import (
	"bytes"
	"encoding/json"
)

// The kinds of record, one a line, in the order in which they stand in a file.
const (
	kindManifest = "manifest"
	kindEstate   = "estate"
	kindClient   = "client"
	kindEnd      = "end"
)

type manifestRecord struct {
	Kind string `json:"kind"`
	*Manifest
}

type estateRecord struct {
	Kind string `json:"kind"`
	*Estate
}

type endRecord struct {
	Kind string `json:"kind"`
	*End
}

// AppendClient appends a client's record to dst: one JSON object that begins
// with its kind, without a line end, as WriteClientLine takes it. It may be
// called from many goroutines at once. The location is left out: it is no part
// of a snapshot.
func AppendClient(dst []byte, c *Client) ([]byte, error) {
	e := clientEncoder{out: dst}
	e.client(c)
	if e.err != nil {
		return dst, e.err
	}
	return e.out, nil
}

// appendRecord encodes without HTML escapes, so that names stay readable and
// searchable in the file.
func appendRecord(dst []byte, record any) ([]byte, error) {
	w := sliceWriter{dst}
	enc := json.NewEncoder(&w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(record); err != nil {
		return dst, err
	}
	return bytes.TrimSuffix(w.buf, []byte("\n")), nil
}

type sliceWriter struct{ buf []byte }

func (w *sliceWriter) Write(p []byte) (int, error) {
	w.buf = append(w.buf, p...)
	return len(p), nil
}

// beginsWithKind tells whether a line looks like a record, even a damaged one.
func beginsWithKind(line []byte) bool {
	i := skipSpace(line, 0)
	if i == len(line) || line[i] != '{' {
		return false
	}
	return bytes.HasPrefix(line[skipSpace(line, i+1):], []byte(`"kind"`))
}

// splitKind reads the kind of a record and where its remaining fields begin:
// record[rest] is the comma after the kind or the closing brace. ok is false
// where the text is not an object that begins with a plain kind.
func splitKind(record []byte) (kind string, rest int, ok bool) {
	if usual := `{"kind":"client",`; bytes.HasPrefix(record, []byte(usual)) && bytes.HasPrefix(record[len(usual):], []byte(`"`)) {
		return kindClient, len(usual) - 1, true
	}
	i := skipSpace(record, 0)
	for _, want := range []string{`{`, `"kind"`, `:`, `"`} {
		if !bytes.HasPrefix(record[i:], []byte(want)) {
			return "", 0, false
		}
		i += len(want)
		if want != `"` {
			i = skipSpace(record, i)
		}
	}
	end := bytes.IndexByte(record[i:], '"')
	if end < 0 || bytes.IndexByte(record[i:i+end], '\\') >= 0 {
		return "", 0, false
	}
	kind = kindOf(record[i : i+end])
	rest = skipSpace(record, i+end+1)
	switch {
	case rest == len(record):
		return "", 0, false
	case record[rest] == ',':
		next := skipSpace(record, rest+1)
		return kind, rest, next < len(record) && record[next] == '"'
	}
	return kind, rest, record[rest] == '}'
}

// kindOf takes no memory for the kinds that are known.
func kindOf(text []byte) string {
	switch string(text) {
	case kindManifest:
		return kindManifest
	case kindEstate:
		return kindEstate
	case kindClient:
		return kindClient
	case kindEnd:
		return kindEnd
	}
	return string(text)
}

func skipSpace(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n') {
		i++
	}
	return i
}
