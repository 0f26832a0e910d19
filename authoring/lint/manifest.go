package lint

import (
	"errors"
	"strings"

	"github.com/nscheck/nscheck/evaluator/rule"
)

// manifest looks at the file that says which pack a folder is, and at the ids of
// its rules.
func (l *linter) manifest(d *folder) {
	m, err := rule.ReadPackManifest(d.source.FS)
	f := d.byName[rule.PackFile]
	var unread *rule.UnreadFile
	switch {
	case errors.As(err, &unread): // of which load tells
		return
	case err != nil && f != nil:
		line, message := yamlPlace(strings.TrimPrefix(err.Error(), rule.PackFile+": "))
		if line == 0 {
			line = lineOfKey(f.text, message)
		}
		l.on(f, packFile, line, "%s", message)
		return
	case m == nil && !l.opts.Shipped:
		l.report(Problem{Name: noPackFile, File: d.source.Name, Message: "there is no " + rule.PackFile + ", so versions of the pack cannot be distinguished"})
		return
	case m == nil:
		return
	}
	var lacks []string
	for _, part := range []struct{ key, value string }{{"description", m.Description}, {"prefix", m.Prefix}, {"nscheck", m.Nscheck}} {
		if strings.TrimSpace(part.value) == "" {
			lacks = append(lacks, part.key)
		}
	}
	if len(lacks) > 0 {
		l.on(f, packFileGap, 1, "it has no %s", strings.Join(lacks, ", and no "))
	}
	if m.Prefix == "" {
		return
	}
	for _, f := range d.files {
		if id := f.id(); f.isRule && id != "" && !strings.HasPrefix(id, m.Prefix+"-") {
			l.on(f, idPrefix, lineOf(f, "id:"), "the id %s does not begin with %s-, the prefix of the pack %s", id, m.Prefix, m.Name)
		}
	}
}

// lineOfKey is the line of the key with which a message begins; 1 where it is
// not there.
func lineOfKey(text, message string) int {
	key, _, _ := strings.Cut(message, " ")
	for i, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, strings.TrimSuffix(key, ":")+":") {
			return i + 1
		}
	}
	return 1
}
