package probe

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/collector/cmdb/tsql"
)

// Draft writes a file of bindings for the sections that a probe found not to be
// bound, from the likeliest candidates, for the user to finish. It can be read
// as it is; what nothing was found for is left as comments.
func (p *Report) Draft() string {
	var out strings.Builder
	out.WriteString("# Drafted by nscheck probe: finish it, then use it with --bindings, or put it into\n" +
		"# nscheck.yaml. Check each query; nothing here is more than a guess by names.\n" +
		"# Probing again with it shows what is still missing.\n")
	var entries strings.Builder
	for i := range p.Sections {
		if s := &p.Sections[i]; !s.Good() {
			p.draftSection(&entries, s)
		}
	}
	if !strings.Contains(entries.String(), "sql: |") {
		out.WriteString("bindings: {}\n")
	} else {
		out.WriteString("bindings:\n")
	}
	out.WriteString(entries.String())
	return out.String()
}

func (p *Report) draftSection(out *strings.Builder, s *Section) {
	comment := func(indent, format string, args ...any) {
		for line := range strings.SplitSeq(fmt.Sprintf(format, args...), "\n") {
			fmt.Fprintf(out, "%s# %s\n", indent, oneLine(line))
		}
	}
	fmt.Fprintln(out)
	comment("  ", "%s: %s", s.Name, s.Fills)
	comment("  ", "%s: %s", s.Status, s.Message)
	b := p.bindings[s.Name]
	query, used, todo := draftQuery(s, b)
	for _, c := range s.Candidates {
		mark := ""
		if slices.ContainsFunc(used, func(u Candidate) bool { return u.Reason == c.Reason }) {
			mark = " (used below)"
		}
		comment("  ", "- %s%s", c.Reason, mark)
	}
	for _, t := range todo {
		comment("  ", "To do: %s", t)
	}
	if query == "" {
		return
	}
	fmt.Fprintf(out, "  %s:\n    sql: |\n", s.Name)
	for line := range strings.SplitSeq(query, "\n") {
		fmt.Fprintf(out, "      %s\n", strings.TrimRight(line, " \t\r"))
	}
}

// oneLine replaces characters in a name from a database that would end a comment.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == '\u0085' || r == '\u2028' || r == '\u2029' || r == '\uFEFF' || r == '\u007f' {
			return '?'
		}
		return r
	}, text)
}

// draftQuery makes a section's query from its candidates, and lists what is left to
// do. The query is empty if there is no candidate.
func draftQuery(s *Section, b *binding.Binding) (query string, used []Candidate, todo []string) {
	switch s.Status {
	case ObjectMissing, ColumnMissing:
	case SelectDenied:
		return "", nil, []string{"the login needs SELECT on it; nscheck probe --grants prints the script."}
	case NodeMissing:
		return "", nil, []string{"find the node with nscheck probe --item NAME and name it under xpaths."}
	default:
		return "", nil, []string{"write a query under sql."}
	}
	whole := slices.IndexFunc(s.Candidates, func(c Candidate) bool { return c.Replaces == "" && c.complete })
	if whole >= 0 && (len(binding.ColumnsOf(s.Name)) > 1 || len(s.Candidates) == 1) {
		c := s.Candidates[whole]
		return wholeQuery(s.Name, c), []Candidate{c}, []string{"see that its rows are what this section needs."}
	}
	replacements, used, todo := draftReplacements(s, b)
	if len(used) == 0 {
		return "", nil, append(todo, "write a query under sql.")
	}
	query, err := tsql.WithoutComments(b.Query)
	if err == nil {
		query, err = tsql.Rename(query, replacements)
	}
	if err != nil {
		return "", nil, append(todo, "write a query under sql.")
	}
	return query, used, append(todo, "see that its rows are what this section needs.")
}

// draftReplacements chooses a candidate for each object in trouble.
func draftReplacements(s *Section, b *binding.Binding) (replacements map[string]tsql.Replacement, used []Candidate, todo []string) {
	replacements = make(map[string]tsql.Replacement)
	for _, o := range s.Objects {
		at := slices.IndexFunc(s.Candidates, func(c Candidate) bool { return c.Replaces == o.Name && c.complete })
		if at < 0 {
			at = slices.IndexFunc(s.Candidates, func(c Candidate) bool { return c.Replaces == o.Name })
		}
		if at < 0 {
			todo = append(todo, fmt.Sprintf("nothing was found in place of %s; write its name below.", o.Name))
			continue
		}
		r := replacements[strings.ToLower(o.Name)]
		if r.Columns == nil {
			r.Columns = make(map[string]string)
		}
		for i, c := range s.Candidates {
			if c.Replaces != o.Name || o.Status == ObjectMissing && i != at {
				continue
			}
			if o.Status == ObjectMissing {
				r.Object = c.name
			}
			first := true
			for from, to := range c.Columns {
				if _, has := r.Columns[strings.ToLower(from)]; has {
					first = false
					continue
				}
				r.Columns[strings.ToLower(from)] = to
			}
			if first {
				used = append(used, c)
				todo = append(todo, lacking(o, c, b)...)
			}
		}
		replacements[strings.ToLower(o.Name)] = r
	}
	return replacements, used, todo
}

// lacking lists the columns of a missing object that a candidate has no replacement
// for.
func lacking(o Object, c Candidate, b *binding.Binding) (todo []string) {
	if c.complete {
		return nil
	}
	for _, object := range b.Objects {
		for _, column := range object.Columns {
			if _, has := c.Columns[column.Name]; object.Name == o.Name && !has {
				todo = append(todo, fmt.Sprintf("write which column of %s stands for %s, if any does.", c.Object, tsql.Quote(column.Name)))
			}
		}
	}
	return todo
}

// wholeQuery fills a section from one object.
func wholeQuery(section string, c Candidate) string {
	var out strings.Builder
	out.WriteString("SELECT\n")
	columns := binding.ColumnsOf(section)
	for i, column := range columns {
		comma := ","
		if i == len(columns)-1 {
			comma = ""
		}
		fmt.Fprintf(&out, "    x.%s AS %s%s\n", tsql.Quote(c.Columns[column.Name]), tsql.Quote(column.Name), comma)
	}
	fmt.Fprintf(&out, "FROM %s x", c.name)
	if binding.AboutClients(section) {
		fmt.Fprintf(&out, "\nORDER BY x.%s", tsql.Quote(c.Columns[columns[0].Name]))
	}
	return out.String()
}
