package snapshot_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"

	"github.com/nscheck/nscheck/snapshot"
)

const (
	manifestLine = `{"kind":"manifest","format":1,"tool":"t","collected_at":"2024-03-01T06:30:00Z","source":{"kind":"demo"},"sections":[]}` + "\n"
	estateLine   = `{"kind":"estate"}` + "\n"
)

// clientLine is complete: every nullable field is present.
func clientLine(name string) string {
	return fmt.Sprintf(`{"kind":"client","guid":%q,"name":%q,"domain":null,"status":null,"managed":null,"os_name":null}`+"\n", guid1, name)
}

// endLine ends what stands before it.
func endLine(clients int, before string) string {
	sum := sha256.Sum256([]byte(before))
	return fmt.Sprintf(`{"kind":"end","clients":%d,"sha256":"%s"}`+"\n", clients, hex.EncodeToString(sum[:]))
}

// whole is a good file with these client lines.
func whole(clients ...string) string {
	text := manifestLine + estateLine + strings.Join(clients, "")
	return text + endLine(len(clients), text)
}

// read reads everything and returns the clients.
func read(in io.Reader, name string) ([]string, error) {
	r, err := snapshot.NewReader(in, name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var clients []string
	for c, err := range r.Clients() {
		if err != nil {
			return clients, err
		}
		clients = append(clients, string(c.Raw))
	}
	return clients, nil
}

func compress(t *testing.T, text string) string {
	t.Helper()
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer enc.Close()
	return string(enc.EncodeAll([]byte(text), nil))
}

// matches compares exactly, or up to a final *, behind which stand all fields
// of a type.
func matches(err error, want string) bool {
	if err == nil {
		return false
	}
	if start, open := strings.CutSuffix(want, "*"); open {
		return strings.HasPrefix(err.Error(), start)
	}
	return err.Error() == want
}

func TestReaderRefuses(t *testing.T) {
	good := whole(clientLine("A"), clientLine("B"))
	head := manifestLine + estateLine
	crlf := strings.ReplaceAll(good, "\n", "\r\n")
	tests := []struct{ name, in, want string }{
		{"empty", "", `s: the file is empty; a snapshot has at least a manifest, an estate and an end (collect again)`},
		{"only a byte order mark", "\uFEFF", `s: the document is empty`},
		{"binary", "MZ\x00\x01\x02", `s: is not a snapshot: it holds binary data`},
		{"gzip", "\x1f\x8b\x08\x00", `s: is compressed with gzip; decompress it first, or compress with zstd`},
		{"UTF-16 that ends", "\xff\xfe{\x00", `s: line 1, column 2: not valid JSON: unexpected end of JSON input`},
		{"UTF-16 of lines", utf16le(good), `s: line 1: is UTF-16 text, so it was converted after it was written; use an untouched copy (PowerShell: copy files, do not redirect their text)`},
		{"text", "hello world\n", `s: is not a snapshot: it must be an object with "estate" and "clients", and is the text "hello world"`},
		{"array", `[1]`, `s: is not a snapshot: it must be an object with "estate" and "clients", and is a list`},
		{"empty object", `{}`, `s: line 1, column 1: the field "estate" is missing`},
		{"invalid UTF-8 in YAML", "estate: {}\nfoo: \"\xff\"\n", `s: line 2, column 7: not valid UTF-8; save the file as UTF-8`},
		{"invalid UTF-8 in JSON", "{\"estate\":\n\"\xff\"}", `s: line 2, column 2: not valid UTF-8; save the file as UTF-8`},
		{"invalid UTF-8 in a line", head + strings.Replace(clientLine("A"), `"A"`, "\"ä\xc3(", 1), `s: line 3, column 73: clients[0]: not valid UTF-8; save the file as UTF-8`},

		{"no end", head + clientLine("A"), `s: truncated: the file has no end record (after line 3); copy the file again, or collect again if the collection was interrupted`},
		{"only the manifest", manifestLine, `s: truncated: the file has no end record (after line 1); copy the file again, or collect again if the collection was interrupted`},
		{"cut in a client", good[:len(head)+30], `s: truncated: the file stops in the middle of a line (after line 2); copy the file again, or collect again if the collection was interrupted`},
		{"cut in the first line", manifestLine[:12], `s: truncated: the file stops in the middle of a line (after line 0); copy the file again, or collect again if the collection was interrupted`},
		{"cut in the end", good[:len(good)-5], `s: truncated: the file stops in the middle of a line (after line 4); copy the file again, or collect again if the collection was interrupted`},
		{"wrong count", head + clientLine("A") + endLine(2, head+clientLine("A")), `s: line 4: the file was changed after it was written: its end record counts 2 clients, and there are 1; collect again, or use an untouched copy`},
		{"wrong hash", strings.Replace(good, `"name":"A"`, `"name":"C"`, 1), `s: line 5: the file was changed after it was written: the SHA-256 of its lines is not the one in its end record; collect again, or use an untouched copy`},
		{"CRLF", crlf, `s: line 5: the file was changed after it was written: the SHA-256 of its lines is not the one in its end record; its lines end in CR LF, so it was probably converted on its way: copy it in binary mode`},
		{"byte order mark", "\uFEFF" + good, `s: line 5: the file was changed after it was written: the SHA-256 of its lines is not the one in its end record; it begins with a byte order mark, so an editor probably saved it: use an untouched copy`},
		{"data after the end", good + "\n", `s: line 6: data after the end record in line 5; a file holds one snapshot`},
		{"two files in one", good + good, `s: line 6: data after the end record in line 5; a file holds one snapshot`},

		{"newer version", strings.Replace(good, `"format":1`, `"format":2,"new":{}`, 1), `s: line 1: the snapshot has format version 2, and this nscheck reads versions up to 1; use a newer nscheck`},
		{"huge version", strings.Replace(good, `"format":1`, `"format":99999999999999999999`, 1), `s: line 1: the snapshot has format version 99999999999999999999, and this nscheck reads versions up to 1; use a newer nscheck`},
		{"version zero", strings.Replace(good, `"format":1`, `"format":0`, 1), `s: line 1, column 29: manifest.format: must be 1 or more, not 0`},
		{"newer version in YAML", "estate: {}\nmanifest:\n  format: 7\n", `s: line 3: the snapshot has format version 7, and this nscheck reads versions up to 1; use a newer nscheck`},

		{"a section twice in the manifest", strings.Replace(good, `"sections":[]`, `"sections":[{"name":"sites","status":"denied","rows":0,"duration_ms":1},{"name":"sites","status":"collected","rows":0,"duration_ms":1}]`, 1), `s: line 1, column 185: manifest.sections[1].name: "sites" is the name of sections[0] too; each of sections must have its own`},
		{"a site twice", strings.Replace(good, `{"kind":"estate"}`, `{"kind":"estate","sites":[{"guid":"`+guid1+`","name":"a"},{"guid":"`+guid1+`","name":"b"}]}`, 1), `s: line 2, column 94: estate.sites[1].guid: "` + guid1 + `" is the guid of sites[0] too; each of sites must have its own`},
		{"a client twice in a document", "estate: {}\nclients:\n  - {guid: " + guid1 + ", name: a}\n  - {guid: " + guid1 + ", name: b}\n", `s: line 4, column 12: clients[1].guid: "` + guid1 + `" is the guid of clients[0] too; each of clients must have its own`},
		{"a filter twice in YAML", "estate:\n  filters:\n  - {guid: " + guid1 + ", name: a}\n  - guid: " + guid1 + "\n    name: b\n", `s: line 4, column 11: estate.filters[1].guid: "` + guid1 + `" is the guid of filters[0] too; each of filters must have its own`},
		{"a section twice in a document", "manifest: {format: 1, tool: t, collected_at: '2024-03-01T06:30:00Z', source: {kind: demo}, sections: [{name: a, status: denied, rows: 0, duration_ms: 1}, {name: a, status: denied, rows: 0, duration_ms: 1}]}\nestate: {}\n", `s: line 1, column 162: manifest.sections[1].name: "a" is the name of sections[0] too; each of sections must have its own`},

		{"unknown kind", head + `{"kind":"printer"}` + "\n", `s: line 3: the record kind "printer" is not known; it is one of manifest, estate, client, end`},
		{"estate first", estateLine, `s: line 1: a record of kind "estate" where manifest must stand; the order is manifest, estate, clients, end`},
		{"no estate", manifestLine + clientLine("A"), `s: line 2: a record of kind "client" where estate must stand; the order is manifest, estate, clients, end`},
		{"second estate", head + estateLine, `s: line 3: a second estate; the order is manifest, estate, clients, end`},
		{"kind not first", head + `{"guid":"` + guid1 + `","kind":"client"}` + "\n", `s: line 3: a record must be an object whose first field is "kind"`},
		{"not an object", head + "[1]\n", `s: line 3: a record must be an object whose first field is "kind"`},
		{"empty line", head + "\n", `s: line 3: the line is empty; a snapshot has one record a line`},
		{"not JSON", head + "{\"kind\":\"client\",\"guid\":x}\n", `s: line 3, column 25: clients[0].guid: not valid JSON: invalid character 'x' looking for beginning of value`},
		{"comma after the kind", head + `{"kind":"client",}` + "\n", `s: line 3, column 18: not valid JSON: invalid character '}' looking for beginning of object key string`},
		{"two objects in a line", head + strings.TrimSpace(clientLine("A")) + "{}\n", `s: line 3, column 133: clients[0]: not valid JSON: invalid character '{' after top-level value`},
		{"duplicate key in a line", head + `{"kind":"client","name":"A","plugin":{"version":null,"version":"1"}}` + "\n", `s: line 3, column 54: clients[0].plugin: the key "version" is repeated; remove one`},
		{"second kind", head + `{"kind":"client","kind":"client","guid":"` + guid1 + `","name":"A"}` + "\n", `s: line 3, column 18: clients[0]: unknown field "kind"; known here: *`},
		{"wrong case of a field", head + strings.Replace(clientLine("A"), `"domain"`, `"Domain"`, 1), `s: line 3, column 75: clients[0]: unknown field "Domain"; did you mean "domain"?`},
		{"status in a line", head + `{"kind":"client","guid":"` + guid1 + `","name":"Ä","packages":{"plugin":{"status":"reddy"}}}` + "\n", `s: line 3, column 106: clients[0].packages.plugin.status: "reddy" is not one of downloaded, failed, pending`},

		{"duplicate key in JSON", "{\"estate\":{},\n \"estate\":{}}", `s: line 2, column 2: the key "estate" is repeated; remove one`},
		{"JSON cut off", `{"estate":{}`, `s: line 1, column 13: not valid JSON: unexpected end of JSON input`},
		{"deep JSON", `{"estate":` + strings.Repeat("[", 100000), `s: line 1, column 74: nested deeper than 64 levels`},
		{"huge exponent", `{"estate":{"filters":[{"guid":"` + guid1 + `","name":"x","members":1e1000000000}]}}`, `s: line 1, column 91: estate.filters[0].members: the number 1e1000000000 is out of range`},
		{"number with a fraction", `{"estate":{"filters":[{"guid":"` + guid1 + `","name":"x","members":1.0}]}}`, `s: line 1, column 91: estate.filters[0].members: must be a whole number written without fraction or exponent, not the number 1.0`},
		{"number beyond 64 bits", `{"estate":{"filters":[{"guid":"` + guid1 + `","name":"x","members":99999999999999999999}]}}`, `s: line 1, column 91: estate.filters[0].members: must be a whole number written without fraction or exponent, not the number 99999999999999999999`},
		{"year 1900", `{"estate":{"patch_import":{"last_success_at":"1900-01-01T00:00:00Z"}}}`, `s: line 1, column 46: estate.patch_import.last_success_at: the year 1900 is outside 1970 to 9999; write null where the time is unknown`},
		{"negative minimum", `{"estate":{"licences":{"product":"p","in_use":-1}}}`, `s: line 1, column 47: estate.licences.in_use: must be 0 or more, not -1`},
		{"missing fields", `{"estate":{"subnets":[{}]}}`, `s: line 1, column 23: estate.subnets[0]: the fields "guid", "cidr" are missing`},
		{"hostile key", `{"estate":{"\u001b[31m":1}}`, `s: line 1, column 12: estate: unknown field "\x1b[31m"; known here: *`},
		{"long key", `{"estate":{"` + strings.Repeat("x", 1000) + `":1}}`, `s: line 1, column 12: estate: unknown field "` + strings.Repeat("x", 60) + `…"; known here: filters, licences, package_servers, packages, patch_import, policies, server, sites, subnets, vendor_policies`},

		{"YAML syntax", "estate:\n  sites: [\n", `s: line 2, column 3: not valid YAML: did not find expected node content`},
		{"two YAML documents", "estate: {}\n---\nestate: {}\n", `s: line 2, column 1: a second YAML document begins here, and only one is read`},
		{"duplicate key in YAML", "estate:\n  sites: []\n  sites: []\n", `s: line 3, column 3: the key "sites" is repeated, it is first in line 2; remove one`},
		{"version as a number", "estate:\n  server:\n    name: NS01\n    version: 7.5\n", `s: line 4, column 14: estate.server.version: must be text or null, not the number 7.5; write it in quotes: "7.5"`},
		{"yes as a boolean", "estate: {}\nclients:\n- guid: " + guid1 + "\n  name: A\n  plugin:\n    installed: yes\n", `s: line 6, column 16: clients[0].plugin.installed: must be a boolean or null, not the text "yes"; write true or false, without quotes`},
		{"misspelt field", "estate: {}\nclients:\n- guid: " + guid1 + "\n  name: A\n  plugin:\n    instaled: true\n", `s: line 6, column 5: clients[0].plugin: unknown field "instaled"; did you mean "installed"?`},
		{"GUID in lower case", "estate:\n  sites:\n  - guid: '{d3ba9ca7-5e71-4d76-b961-1ba0b436aacb}'\n    name: x\n", `s: line 3, column 11: estate.sites[0].guid: "{d3ba9ca7-5e71-4d76-b961-1ba0b436aacb}" must be written in upper case without braces: ` + guid1},
		{"no GUID", "estate:\n  sites:\n  - guid: Leeds\n    name: x\n", `s: line 3, column 11: estate.sites[0].guid: "Leeds" is not a GUID such as D3BA9CA7-5E71-4D76-B961-1BA0B436AACB`},
		{"bits beyond the prefix", "estate:\n  subnets:\n  - guid: " + guid1 + "\n    cidr: 10.4.0.5/24\n", `s: line 4, column 11: estate.subnets[0].cidr: "10.4.0.5/24" is not a network: it has bits beyond its prefix; write 10.4.0.0/24`},
		{"no network", "estate:\n  subnets:\n  - guid: " + guid1 + "\n    cidr: ::/0\n", `s: line 4, column 11: estate.subnets[0].cidr: "::/0" is not an IPv4 network such as 10.4.0.0/24`},
		{"address without prefix", "estate: {}\nclients:\n- guid: " + guid1 + "\n  name: A\n  addresses: [10.4.0.17]\n", `s: line 5, column 15: clients[0].addresses[0]: "10.4.0.17" lacks its prefix length; write for example 10.4.0.17/24`},
		{"null list", "estate:\n  sites:\n", `s: line 2, column 9: estate.sites: must be a list, not null; leave the field out where nothing was collected, write [] where there is none`},
		{"null section", "estate:\n  server:\n", `s: line 2, column 10: estate.server: must be an object, not null; leave the field out where nothing was collected`},
		{"null estate", "estate:\n", `s: line 1, column 8: estate: must be an object, not null; leave the field out where nothing was collected`},
		{"location given", "estate: {}\nclients:\n- guid: " + guid1 + "\n  name: A\n  location: {}\n", `s: line 5, column 3: clients[0]: the field "location" is computed from "addresses" and is no part of a snapshot; remove it`},
		{"number as key", "estate: {}\n1: x\n", `s: line 2, column 1: a field name must be text; write it in quotes`},
		{"tag", "estate: {}\nclients: !!set {a: }\n", `s: line 2, column 10: clients: must be a list, not an object`},
		{"binary tag", "estate: !!binary aGVsbG8=\n", `s: line 1, column 9: estate: the YAML tag "!!binary" is not known here; remove it`},
		{"infinity", "estate:\n  licences: {product: p, in_use: .inf}\n", `s: line 2, column 34: estate.licences.in_use: ".inf" is not a number that JSON can hold`},
		{"alias in its own anchor", "estate: &a\n  sites: [*a]\n", `s: line 2, column 11: the alias *a is inside of its own anchor`},
		{"merge of its own anchor", "estate: &a\n  <<: *a\n", `s: line 2, column 7: the alias *a is inside of its own anchor`},
		{"merge of text", "estate:\n  <<: x\n", `s: line 2, column 3: << takes mappings, such as <<: *anchor`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := read(strings.NewReader(test.in), "s")
			if !matches(err, test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
			if !errors.As(err, new(*snapshot.Error)) {
				t.Errorf("error of type %T", err)
			}
		})
	}
}

// utf16le is a text as Windows PowerShell redirects it.
func utf16le(text string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune("\uFEFF" + text)) {
		b.WriteByte(byte(unit))
		b.WriteByte(byte(unit >> 8))
	}
	return b.String()
}

// TestReader_encodings reads documents as editors and shells write them.
func TestReader_encodings(t *testing.T) {
	for form, text := range map[snapshot.Form]string{
		snapshot.JSON: "{\"estate\":\r\n {\"sites\":[]},\r\n\"clients\":[" + clientBody("\u00e4") + "]}\r\n",
		snapshot.YAML: "estate:\r\n  sites: []\r\nclients:\r\n  - " + clientBody("\u00e4") + "\r\n",
	} {
		for name, file := range map[string]string{"plain": text, "mark": "\uFEFF" + text, "UTF-16": utf16le(text), "UTF-16 without mark": utf16le(text)[2:]} {
			r, err := snapshot.NewReader(strings.NewReader(file), "s")
			if err != nil {
				t.Errorf("%s, %s: %v", form, name, err)
				continue
			}
			n := 0
			for line, err := range r.Clients() {
				if err != nil {
					t.Fatal(err)
				}
				if c, err := line.Client(); err != nil || c.Name != "\u00e4" {
					t.Errorf("%s, %s: %+v, %v", form, name, c, err)
				}
				n++
			}
			if sum := fmt.Sprintf("%x", sha256.Sum256([]byte(file))); n != 1 || r.Form() != form || r.SHA256() != sum {
				t.Errorf("%s, %s: %d clients, form %s, hash %s, want %s", form, name, n, r.Form(), r.SHA256(), sum)
			}
		}
	}
}

func clientBody(name string) string { return `{"guid":"` + guid1 + `","name":"` + name + `"}` }

func TestReaderRefusesBillionLaughs(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n")
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
	}
	_, err := read(strings.NewReader(b.String()), "s")
	want := "s: line 1, column 24: nested deeper than 100 levels, or more than 4194304 values, with aliases expanded"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestReaderListsErrors(t *testing.T) {
	var b strings.Builder
	b.WriteString("estate:\n  sites:\n")
	for range 12 {
		b.WriteString("  - {guid: x, name: y}\n")
	}
	_, err := read(strings.NewReader(b.String()), "s.yaml")
	lines := strings.Split(fmt.Sprint(err), "\n")
	if len(lines) != 11 || !strings.HasPrefix(lines[9], "s.yaml: line 12, column 12: estate.sites[9].guid: ") || lines[10] != "s.yaml: and 2 more" {
		t.Errorf("got %v", err)
	}
	var all snapshot.Errors
	if !errors.As(err, &all) || len(all) != 12 || all[11].Line != 14 || all[11].Column != 12 {
		t.Errorf("got %v", all)
	}
}

func TestReaderRefusesLongLine(t *testing.T) {
	long := io.MultiReader(strings.NewReader(manifestLine+estateLine+`{"kind":"client","name":"`), endless{})
	_, err := read(long, "s")
	if want := "s: line 3: longer than 64 MiB, which no record of a snapshot is"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = read(io.MultiReader(strings.NewReader(`{"estate":`), endless{}), "s")
	if want := "s: a document larger than 64 MiB; large snapshots are written as JSON Lines"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

var xs = bytes.Repeat([]byte("x"), 1<<16)

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	return copy(p, xs), nil
}

func TestReaderCompressed(t *testing.T) {
	good := whole(clientLine("A"))
	packed := compress(t, good)
	if clients, err := read(strings.NewReader(packed), "s"); err != nil || len(clients) != 1 {
		t.Errorf("got %v, %v", clients, err)
	}
	_, err := read(strings.NewReader(packed[:len(packed)-8]), "s")
	if err == nil || !strings.HasPrefix(err.Error(), "s: truncated: its compressed data stops in the middle") {
		t.Errorf("cut: %v", err)
	}
	_, err = read(strings.NewReader(packed[:20]+"\xff\xff\xff"+packed[23:]), "s")
	if err == nil || !strings.HasPrefix(err.Error(), "s: ") {
		t.Errorf("damaged: %v", err)
	}
	_, err = read(strings.NewReader(packed+"garbage"), "s")
	if err == nil || !strings.HasPrefix(err.Error(), "s: cannot be decompressed after line 4") {
		t.Errorf("garbage behind: %v", err)
	}
	if clients, err := read(strings.NewReader("\x51\x2A\x4D\x18\x03\x00\x00\x00abc"+packed), "s"); err != nil || len(clients) != 1 {
		t.Errorf("a frame without data first: %v, %v", clients, err)
	}
	clients, err := read(strings.NewReader(compress(t, "estate: {}\n")), "s")
	if err != nil || len(clients) != 0 {
		t.Errorf("compressed YAML: %v, %v", clients, err)
	}
}

func TestReaderInputFails(t *testing.T) {
	in := io.MultiReader(strings.NewReader(manifestLine+estateLine), iotest.ErrReader(errors.New("the network is down")))
	_, err := read(in, "s")
	if want := "s: cannot be read after line 2: the network is down"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]string{
		filepath.Join(dir, "none.jsonl"): "there is no such file; name a snapshot (nscheck collect -o FILE writes one)",
		dir:                              "is a directory; name one snapshot file in it",
	} {
		if _, err := snapshot.Open(path); err == nil || err.Error() != path+": "+want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestClientsOnce(t *testing.T) {
	r, err := snapshot.NewReader(strings.NewReader(whole(clientLine("A"), clientLine("B"))), "s")
	if err != nil {
		t.Fatal(err)
	}
	for range r.Clients() {
		break
	}
	if r.SHA256() != "" {
		t.Error("a hash before the end")
	}
	for _, err := range r.Clients() {
		if err == nil || err.Error() != "s: its clients were already read; open the snapshot again" {
			t.Errorf("got %v", err)
		}
	}
}

func TestHugeString(t *testing.T) {
	name := strings.Repeat("ä<", 5<<20/3*2)
	var file bytes.Buffer
	w := snapshot.NewWriter(&file)
	w.WriteManifest(fullManifest())
	w.WriteEstate(&snapshot.Estate{})
	w.WriteClientLine([]byte(`{"guid":"` + guid1 + `","name":"` + name + `","domain":null,"status":null,"managed":null,"os_name":null}`))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	clients, err := read(&file, "s")
	if err != nil {
		t.Fatal(err)
	}
	var c snapshot.Client
	if err := json.Unmarshal([]byte(clients[0]), &c); err != nil || c.Name != name {
		t.Errorf("the name did not survive: %v", err)
	}
}

func TestVerify(t *testing.T) {
	path := filepath.Join(t.TempDir(), "estate.jsonl")
	if err := os.WriteFile(path, []byte(whole(clientLine("A"), clientLine("B"))), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := snapshot.Verify(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if s.Clients != 2 || s.Form != snapshot.JSONLines || s.Compressed || s.Format != 1 || len(s.SHA256) != 64 || len(s.Sections) != 0 || s.Manifest.Tool != "t" {
		t.Errorf("got %+v", s)
	}
}

// TestVerifyStops checks that a signal stops the reading of a long snapshot.
func TestVerifyStops(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.jsonl")
	if err := os.WriteFile(path, []byte(whole(clientLine("A"), clientLine("B"), clientLine("C"))), 0o600); err != nil {
		t.Fatal(err)
	}
	for clients, want := range []string{
		"stopped after 0 clients: interrupt signal received",
		"stopped after 1 client: interrupt signal received",
		"stopped after 2 clients: interrupt signal received",
	} {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errors.New("interrupt signal received"))
		_, err := snapshot.Verify(&lateContext{Context: ctx, left: clients}, path)
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// lateContext seems not to be done as often as left says.
type lateContext struct {
	context.Context
	left int
}

func (c *lateContext) Err() error {
	if c.left > 0 {
		c.left--
		return nil
	}
	return c.Context.Err()
}
