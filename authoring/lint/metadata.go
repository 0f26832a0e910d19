package lint

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/nscheck/nscheck/authoring/scaffold"
)

// How long texts may be: a title fits in a line of a report, a description is a
// few paragraphs.
const (
	longestTitle       = 90
	longestDescription = 1000
)

// metadata looks at the annotations of a rule beyond what is needed to load it.
func (l *linter) metadata(f *file) {
	if !f.isRego() || f.module == nil || f.isTest {
		return
	}
	l.imports(f)
	a := f.annotations()
	if !f.isRule || a == nil {
		return
	}
	if n := utf8.RuneCountInString(a.Title); n > longestTitle {
		l.on(f, longTitle, lineOf(f, "title:"), "the title has %d characters; up to %d fit in a list", n, longestTitle)
	}
	if n := utf8.RuneCountInString(a.Description); n > longestDescription {
		l.on(f, longDescription, lineOf(f, "description:"), "the description has %d characters; up to %d can be read in a report", n, longestDescription)
	}
	if len(a.RelatedResources) == 0 {
		l.on(f, noReferences, a.Location.Row, "the rule names no article or page that says more")
	}
	l.placeholders(f, a)
	l.schemas(f, a)
}

// unwritten are words that stand for a text that is still to be written.
var unwritten = regexp.MustCompile(`\b(TODO|FIXME|TBD)\b`)

// placeholders finds texts that were to be written anew.
func (l *linter) placeholders(f *file, a *ast.Annotations) {
	texts := []struct{ key, text string }{{"title:", a.Title}, {"description:", a.Description}}
	remediation, _ := a.Custom["remediation"].([]any)
	for _, entry := range remediation {
		if m, ok := entry.(map[string]any); ok {
			text, _ := m["text"].(string)
			texts = append(texts, struct{ key, text string }{"remediation:", text})
		}
	}
	for _, t := range texts {
		text := strings.Join(strings.Fields(t.text), " ")
		found := unwritten.FindString(text)
		for _, p := range scaffold.Placeholders {
			if found == "" && strings.Contains(text, p) {
				found = p
			}
		}
		if found != "" {
			l.on(f, placeholder, lineOf(f, t.key), "the %s still says %q", strings.TrimSuffix(t.key, ":"), found)
		}
	}
}

// lineOf is the line of a key of the annotations, or of the package.
func lineOf(f *file, key string) int {
	for i, line := range strings.Split(f.text, "\n") {
		if text, ok := strings.CutPrefix(line, "#"); ok && strings.HasPrefix(strings.TrimSpace(text), key) {
			return i + 1
		}
	}
	return f.top()
}

// hostDocuments are the documents that rules read, and the names of their schemas.
var hostDocuments = map[string]string{
	"data.index": "schema.index", "data.totals": "schema.totals", "data.params": "schema.params",
	"data.estate": "schema.estate", "input": "schema.client",
}

// schemas makes sure that the stock opa command checks all documents that the
// file reads. What is missing for the rule's own document keeps it from being
// loaded, and so is no matter here.
func (l *linter) schemas(f *file, a *ast.Annotations) {
	has := map[string]bool{}
	for _, s := range a.Schemas {
		has[s.Path.String()] = true
	}
	if len(has) == 0 {
		return
	}
	ast.WalkRefs(f.module, func(ref ast.Ref) bool {
		doc := ref[0].String()
		if len(ref) > 1 && ref[0].Equal(ast.DefaultRootDocument) {
			doc = ref[:2].String()
		}
		if schema := hostDocuments[doc]; schema != "" && !has[doc] {
			has[doc] = true
			l.at(ref[0].Location, missingSchema, "it reads %s, and its METADATA has no \"- %s: %s\" under schemas", doc, doc, schema)
		}
		return false
	})
}

// imports finds imports of what Rego has by itself since version 1.
func (l *linter) imports(f *file) {
	for _, i := range f.module.Imports {
		path := i.Path.String()
		if path == "rego.v1" || strings.HasPrefix(path, "future.keywords") {
			l.at(i.Location, oldImport, "import %s does nothing", path)
		}
	}
}
