package binding

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf16"

	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/collector/cmdb/tsql"
	"github.com/nscheck/nscheck/internal/textfile"
)

// userEvidence marks a user's binding. Only the user can rate its evidence.
const userEvidence = "user"

// builtinParameters are those that nscheck itself has values for.
var builtinParameters = []string{"database", "product"}

var bindingKeys = []string{"columns", "file", "maps", "parameters", "sql", "values", "versions", "xpaths"}

// binding reads one binding of a section.
func (r *reader) binding(section string, key, node *yaml.Node) (*Binding, error) {
	what := "bindings." + section
	entries, err := r.mappingEntries(node, what, "sql or file, or what to change of the shipped binding")
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("line %d: %s is empty; use %s", key.Line, what, strings.Join(bindingKeys, ", "))
	}
	b := *Shipped()[section]
	b.evidence = userEvidence
	b.origin = r.position(key.Line)
	given := make(map[string]pair)
	for _, e := range entries {
		if !slices.Contains(bindingKeys, e.key.Value) {
			return nil, fmt.Errorf("line %d: %s: unknown key %q; %s", e.key.Line, what, e.key.Value, suggestion(e.key.Value, bindingKeys))
		}
		given[e.key.Value] = e
	}
	// The order matters: what follows the query is checked against it.
	for _, step := range []struct {
		key  string
		read func(*Binding, pair, string) error
	}{
		{"versions", r.versions}, {"file", r.file}, {"sql", r.sql}, {"columns", r.columns},
		{"values", r.values}, {"parameters", r.parameters}, {"xpaths", r.xpaths}, {"maps", r.valueMaps},
	} {
		e, ok := given[step.key]
		if !ok {
			continue
		}
		if _, also := given["sql"]; also && step.key == "file" {
			return nil, fmt.Errorf("line %d: %s: sql and file exclude each other", e.key.Line, what)
		}
		if err := step.read(&b, e, what); err != nil {
			return nil, err
		}
	}
	_, sql := given["sql"]
	_, file := given["file"]
	if err := b.checkColumns(sql || file); err != nil {
		return nil, fmt.Errorf("line %d: %s: %w", key.Line, what, err)
	}
	return &b, nil
}

func (r *reader) versions(b *Binding, e pair, what string) error {
	if b.Section == "server" {
		return fmt.Errorf("line %d: %s: the version is read from section server, so its binding cannot depend on it", e.key.Line, what)
	}
	value, err := scalarText(e, what+".versions")
	if err == nil {
		if err = b.setVersions(value); err != nil {
			err = fmt.Errorf("line %d: %s.versions: %w", e.key.Line, what, err)
		}
	}
	return err
}

func (r *reader) file(b *Binding, e pair, what string) error {
	name, err := scalarText(e, what+".file")
	if err != nil {
		return err
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(r.name), name)
	}
	query, err := textfile.Read(name)
	if err != nil {
		return fmt.Errorf("line %d: %s.file: %w", e.key.Line, what, err)
	}
	if err := b.setQuery(decodeText(query)); err != nil {
		return fmt.Errorf("line %d: %s.file: %s: %w", e.key.Line, what, name, err)
	}
	return nil
}

// decodeText decodes the text of a file. SQL Server Management Studio writes UTF-16.
func decodeText(file []byte) string {
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case bytes.HasPrefix(file, []byte{0xFE, 0xFF}):
		order = binary.BigEndian
	case !bytes.HasPrefix(file, []byte{0xFF, 0xFE}):
		return strings.TrimPrefix(string(file), "\uFEFF")
	}
	units := make([]uint16, 0, len(file)/2)
	for at := 2; at+1 < len(file); at += 2 {
		units = append(units, order.Uint16(file[at:]))
	}
	return string(utf16.Decode(units))
}

func (r *reader) sql(b *Binding, e pair, what string) error {
	query, err := scalarText(e, what+".sql")
	if err != nil {
		return err
	}
	if err := b.setQuery(query); err != nil {
		return fmt.Errorf("line %d: %s.sql: %w", e.key.Line, what, err)
	}
	return nil
}

// setQuery sets the query of a user's binding if it only reads.
func (b *Binding) setQuery(query string) error {
	query = strings.TrimLeft(query, "; \t\r\n")
	if err := tsql.Check(query); err != nil {
		return err
	}
	objects, err := tsql.Objects(query)
	if err != nil {
		return err
	}
	if b.Parameters, err = tsql.Parameters(query); err != nil {
		return err
	}
	if AboutClients(b.Section) {
		if ordered, err := tsql.Ordered(query); err != nil || !ordered {
			return fmt.Errorf("it has no ORDER BY; a query about clients orders its rows by the computer's GUID")
		}
	}
	b.Query, b.Values, b.Objects = query, nil, nil
	for _, name := range objects {
		b.Objects = append(b.Objects, Object{Name: name.Plain()})
	}
	return nil
}

func (r *reader) columns(b *Binding, e pair, what string) error {
	list, names, err := r.textEntries(e, what+".columns", "the section's column: the query's")
	if err != nil {
		return err
	}
	for _, one := range list {
		if !slices.Contains(b.Columns, one.key.Value) {
			return fmt.Errorf("line %d: %s.columns: the section has no column %q; %s", one.key.Line, what, one.key.Value, suggestion(one.key.Value, b.Columns))
		}
	}
	b.names = names
	return nil
}

func (r *reader) values(b *Binding, e pair, what string) error {
	list, values, err := r.textEntries(e, what+".values", "a text in the query: the text to compare with")
	if err != nil {
		return err
	}
	literals, err := tsql.Literals(b.Query)
	if err != nil {
		return err
	}
	names := make(map[string]string)
	b.values = make(map[string]any)
	for i, one := range list {
		if !slices.Contains(literals, one.key.Value) {
			return fmt.Errorf("line %d: %s.values: the query compares nothing with '%s'; it has '%s'", one.key.Line, what, one.key.Value, strings.Join(literals, "', '"))
		}
		name := fmt.Sprintf("value%d", i+1)
		names[one.key.Value], b.values[name] = name, values[one.key.Value]
	}
	if b.Query, err = tsql.Parameterise(b.Query, names); err != nil {
		return err
	}
	b.Parameters, err = tsql.Parameters(b.Query)
	return err
}

func (r *reader) parameters(b *Binding, e pair, what string) error {
	list, err := r.mappingEntries(e.value, what+".parameters", "a parameter's name: its value")
	if err != nil {
		return err
	}
	if b.values == nil {
		b.values = make(map[string]any)
	}
	for _, one := range list {
		name := strings.TrimPrefix(one.key.Value, "@")
		if !slices.Contains(b.Parameters, name) || b.values[name] != nil {
			return fmt.Errorf("line %d: %s.parameters: the query has no parameter @%s; %s", one.key.Line, what, name, hasParameters(b.Parameters))
		}
		var value any
		if err := one.value.Decode(&value); err != nil {
			return fmt.Errorf("line %d: %s.parameters.%s: %w", one.key.Line, what, name, err)
		}
		switch v := value.(type) {
		case int:
			value = int64(v)
		case string, bool, float64:
		default:
			return fmt.Errorf("line %d: %s.parameters.%s must be a text, a number, true or false", one.key.Line, what, name)
		}
		b.values[name] = value
	}
	return nil
}

func hasParameters(names []string) string {
	if len(names) == 0 {
		return "it has none"
	}
	return "it has @" + strings.Join(names, ", @")
}

// checkColumns checks that a query returns the columns of its section and that its
// parameters have values.
func (b *Binding) checkColumns(ownQuery bool) error {
	if !ownQuery {
		if b.names != nil {
			return fmt.Errorf("columns is for a query of your own; add it with sql or file")
		}
		return nil
	}
	returned, err := tsql.Columns(b.Query)
	if err != nil {
		return err
	}
	for _, wanted := range b.Columns {
		count := 0
		for _, name := range returned {
			if strings.EqualFold(name, b.ColumnName(wanted)) {
				count++
			}
		}
		switch {
		case count == 0 && IsOptional(b.Section, wanted):
		case count == 0:
			return fmt.Errorf("the query returns no column %q, which the section needs; name one of its columns AS %s, or add its name under columns", b.ColumnName(wanted), tsql.Quote(b.ColumnName(wanted)))
		case count > 1:
			return fmt.Errorf("the query returns %d columns named %q", count, b.ColumnName(wanted))
		}
	}
	for _, name := range b.Parameters {
		if _, ok := b.values[name]; !ok && !slices.Contains(builtinParameters, name) {
			return fmt.Errorf("the query has a parameter @%s without a value; add it under parameters. nscheck itself has values for @%s", name, strings.Join(builtinParameters, ", @"))
		}
	}
	return nil
}
