package rule

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// ParseRego parses a file of Rego as rules are parsed. The file's name stands in
// errors and positions.
func ParseRego(file string, text []byte) (*ast.Module, error) {
	code := RegoText(text)
	m, err := ast.ParseModuleWithOpts(file, code, ast.ParserOptions{ProcessAnnotation: true, Capabilities: Known()})
	flaws, err := ParseFlaws(file, code, err)
	if err != nil {
		return nil, err
	}
	return m, flaws.Err()
}

// ParseFlaws says in plain words what OPA found in reading a file of Rego, and puts it
// where it is in the text.
func ParseFlaws(file, text string, err error) (Flaws, error) {
	flaws, err := CompileFlaws(err)
	if len(flaws) > 0 && (strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff")) {
		return Flaws{{Kind: FlawSyntax, File: file, Row: 1, Msg: "the file is in UTF-16; save it as UTF-8"}}, err
	}
	// What OPA says of one place behind its first words is a consequence of it.
	flaws = slices.CompactFunc(flaws, func(a, b *Flaw) bool { return a.Row == b.Row && a.Col == b.Col })
	for _, f := range flaws {
		f.File = file
		f.endIn(text)
	}
	return flaws, err
}

// RegoText is the text of a file of Rego without the byte order mark that editors
// on Windows put before it: with it, OPA takes a comment in the first line for none
// of METADATA.
func RegoText(data []byte) string { return strings.TrimPrefix(string(data), "\ufeff") }

// CompileError shows OPA's errors as those of [LoadPack] are shown, with their
// positions.
func CompileError(err error) error {
	flaws, err := CompileFlaws(err)
	if err != nil {
		return err
	}
	return flaws.Err()
}

// Code is what the pack was compiled from, to compile it once more together with
// other modules: its modules by file, and a compiler with what rules may call,
// the schemas of what they read, and OPA's strict mode. Neither is shared.
func (p *Pack) Code() (map[string]*ast.Module, *ast.Compiler, error) {
	compiler, err := NewCompiler(p.defaults)
	if err != nil {
		return nil, nil, err
	}
	modules := map[string]*ast.Module{}
	for _, m := range p.modules {
		modules[m.file] = m.parsed.Copy()
	}
	return modules, compiler, nil
}

// File is how reports name a file of a source.
func (s Source) File(name string) string { return s.file(name) }
