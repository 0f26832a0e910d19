// Package scaffold writes new rules.
//
// A rule's name and what reports say about it go in. Files come out: the rule,
// its tests and its worked examples, a small rule that works, which its author
// turns into the one that is wanted; and pack.yaml where the folder has none.
// They need nothing but OPA: no library, no parameters.
package scaffold

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/evaluator/rule"
)

// Placeholders are texts of a new rule that its author is to write anew.
var Placeholders = []string{
	"Say in a few sentences what is wrong and why it matters",
	"As it stands, the rule finds",
	"Say what to do about a finding",
}

// Options says which rule is wanted.
type Options struct {
	// The folder of the pack.
	Dir string
	// Folder and file of the rule, such as site/two_package_servers.
	Name string
	// What the rule finds, in a few words.
	Title string
	// How bad that is.
	Severity rule.Severity
	// What the rule judges.
	Scope rule.Scope
	// Step of the article; empty means that the rule goes beyond it.
	Step string
	// The rule's id; empty means the next free one.
	ID string
	// Name of the pack, where the folder has no pack.yaml; empty means the folder's.
	Pack string
	// What the pack's ids begin with, where its pack.yaml does not say it.
	Prefix string
}

// Rule is a new rule and the files that make it.
type Rule struct {
	ID string
	// Rego package of the rule.
	Package string
	// Files by what they are, each with its path below the pack's folder.
	Files []File

	dir string
}

// File is a file that is not there yet.
type File struct {
	// Path below the pack's folder, with slashes.
	Path string
	// What is in it, in a few words.
	About string
	Text  []byte
}

// New makes a rule. Nothing is written yet.
func New(o Options) (*Rule, error) {
	if err := CheckName(o.Name); err != nil {
		return nil, err
	}
	title, err := CleanTitle(o.Title)
	if err != nil {
		return nil, err
	}
	p, err := OpenPack(o.Dir)
	if err != nil {
		return nil, err
	}
	if err := p.settle(o); err != nil {
		return nil, err
	}
	r := &Rule{dir: o.Dir, Package: packageOf(p.Manifest.Name, o.Name)}
	if r.ID, err = p.id(o.ID); err != nil {
		return nil, err
	}
	values := templateValues{
		ID: r.ID, Package: r.Package, Title: yamlScalar(title), Severity: string(o.Severity), Step: "+",
	}
	if o.Step != "" {
		values.Step = o.Step
	}
	if err := r.render(o, values); err != nil {
		return nil, err
	}
	if p.New {
		text, err := yaml.Marshal(p.Manifest)
		if err != nil {
			return nil, err
		}
		r.Files = append(r.Files, File{rule.PackFile, "the pack: its name, its version and what its ids begin with", text})
	}
	return r, nil
}

// maxTitle is how long a title may be; reports cut what is longer.
const maxTitle = 120

// CleanTitle makes one line of a title.
func CleanTitle(title string) (string, error) {
	title = strings.Join(strings.Fields(strings.ToValidUTF8(title, "�")), " ")
	switch n := utf8.RuneCountInString(title); {
	case n == 0:
		return "", fmt.Errorf("the title is empty; say in a few words what the rule finds")
	case n > maxTitle:
		return "", fmt.Errorf("the title has %d characters, and reports show %d; say the rest in the description", n, maxTitle)
	}
	return title, nil
}

// yamlScalar is a text of one line as YAML has it.
func yamlScalar(text string) string {
	out, err := yaml.Marshal(text)
	if err != nil { // of a text there is none
		panic(err)
	}
	return strings.TrimSuffix(string(out), "\n")
}

// packageOf is the Rego package of a rule.
func packageOf(pack, name string) string {
	root := strings.ReplaceAll(pack, "-", "_")
	if root[0] >= '0' && root[0] <= '9' || isReserved(root) {
		root = "pack_" + root
	}
	return root + "." + path.Dir(name) + "." + path.Base(name)
}
