package waiver

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/evaluator/result"
	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/strictyaml"
)

// Keys are the keys of a waiver, in the order in which they are written.
var Keys = []string{"rule", "object", "fingerprint", "reason", "owner", "ticket", "starts", "expires", "object_hash"}

var objectKeys = []string{"type", "guid", "name", "site"}

// Read reads a waiver file. What is wrong in it is told with file, line and
// column, all of it at once.
func Read(file string, text []byte, settings Settings) (*Set, error) {
	r := &reader{file: file, waivers: &Set{File: file, Settings: settings}}
	root, err := strictyaml.Read(text)
	if err != nil {
		return nil, err.In(file)
	}
	if root == nil {
		return r.waivers, nil
	}
	r.top(root)
	return r.waivers, errors.Join(r.errs...)
}

// reader reads the nodes of a waiver file and keeps what is wrong.
type reader struct {
	file    string
	waivers *Set
	errs    []error
}

func (r *reader) fail(node *yaml.Node, format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf("%s:%d:%d: %s", r.file, max(node.Line, 1), max(node.Column, 1), fmt.Sprintf(format, args...)))
}

func (r *reader) top(node *yaml.Node) {
	if node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null" {
		return
	}
	var list *yaml.Node
	r.keys(node, "a waiver file", []string{"waivers"}, func(_ string, _, value *yaml.Node) { list = value })
	switch {
	case list == nil, list.Kind == yaml.ScalarNode && list.ShortTag() == "!!null":
	case list.Kind != yaml.SequenceNode:
		r.fail(list, "waivers must be a list")
	default:
		for _, entry := range list.Content {
			r.entry(entry)
		}
	}
}

// keys reads the keys of a mapping, each once and none that is unknown.
func (r *reader) keys(node *yaml.Node, what string, known []string, read func(name string, key, value *yaml.Node)) {
	if node.Kind != yaml.MappingNode {
		r.fail(node, "%s must have the keys %s", what, strings.Join(known, ", "))
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if !slices.Contains(known, key.Value) {
			r.fail(key, "%s has no key %q; known are %s", what, key.Value, strings.Join(known, ", "))
			continue
		}
		read(key.Value, key, value)
	}
}

func (r *reader) entry(node *yaml.Node) {
	w := &Waiver{Line: node.Line, Column: node.Column}
	before := len(r.errs)
	given := map[string]*yaml.Node{}
	r.keys(node, "a waiver", Keys, func(name string, _, value *yaml.Node) {
		given[name] = value
		r.value(w, name, value)
	})
	if len(r.errs) == before {
		r.check(node, w, given)
	}
	r.waivers.Entries = append(r.waivers.Entries, w)
}

func (r *reader) value(w *Waiver, name string, value *yaml.Node) {
	text := map[string]*string{
		"rule": &w.Rule, "fingerprint": &w.Fingerprint, "reason": &w.Reason, "owner": &w.Owner, "ticket": &w.Ticket, "object_hash": &w.ObjectHash,
	}
	date := map[string]*rule.Date{"starts": &w.Starts, "expires": &w.Expires}
	switch {
	case name == "object":
		w.Object = r.object(value)
	case text[name] != nil:
		*text[name] = r.text(name, value)
	default:
		given := r.text(name, value)
		d, err := rule.ParseDate(given)
		if err != nil && given != "" {
			r.fail(value, "%s: %v", name, err)
		}
		*date[name] = d
	}
}

// text is a value of one line. A ticket may look like a number or a date.
func (r *reader) text(name string, value *yaml.Node) string {
	text := strings.TrimSpace(value.Value)
	if value.Kind != yaml.ScalarNode || value.ShortTag() == "!!null" || text == "" {
		r.fail(value, "%s must be a text that says something", name)
		return ""
	}
	return text
}

func (r *reader) object(node *yaml.Node) *result.WaiverObject {
	o := &result.WaiverObject{}
	fields := map[string]*string{"type": &o.Type, "guid": &o.GUID, "name": &o.Name, "site": &o.Site}
	r.keys(node, "object", objectKeys, func(name string, _, value *yaml.Node) { *fields[name] = r.text(name, value) })
	o.GUID = strings.ToUpper(o.GUID)
	if node.Kind == yaml.MappingNode && len(node.Content) == 0 {
		r.fail(node, `object names nothing; give it a guid, name or site, or name: "*" for all objects`)
	}
	return o
}

// check refuses a waiver that cannot be meant.
func (r *reader) check(node *yaml.Node, w *Waiver, given map[string]*yaml.Node) {
	_, isPrint := result.ParseFingerprint(w.Fingerprint)
	switch {
	case w.Rule == "":
		r.fail(node, "the waiver names no rule")
	case w.Fingerprint == "" && w.Object == nil:
		r.fail(node, `the waiver names no object and no fingerprint; for all objects write object: {name: "*"}`)
	case w.Fingerprint != "" && w.Object != nil:
		r.fail(given["object"], "object and fingerprint exclude each other: a fingerprint is of one finding about one object")
	case w.Fingerprint != "" && !isPrint:
		r.fail(given["fingerprint"], "%q is no fingerprint; JSON results have one in every finding", w.Fingerprint)
	case w.Object != nil && w.Object.GUID+w.Object.Name+w.Object.Site == "":
		r.fail(given["object"], `object names a type only; give it a guid, name or site, or name: "*" for all of the type`)
	case w.Reason == "":
		r.fail(node, "the waiver gives no reason")
	case w.Starts != "" && w.Expires != "" && w.Expires < w.Starts:
		r.fail(given["expires"], "the waiver expires on %s, before it starts on %s", w.Expires, w.Starts)
	case w.ObjectHash != "" && w.Fingerprint == "" && w.Object.GUID == "":
		r.fail(given["object_hash"], "object_hash is of one object; name it by its guid, or its finding by the fingerprint")
	}
	for _, name := range r.waivers.Settings.Required {
		if given[name] == nil {
			r.fail(node, "the waiver has no %s, which the configuration requires", name)
		}
	}
}
