package binding

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strings"

	"github.com/antchfx/xmlquery"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/nscheck/nscheck/internal/guid"
	"github.com/nscheck/nscheck/snapshot"
)

// ItemFile has the settings that the bindings find in the XML of an item, as the
// console exports it.
type ItemFile struct {
	GUID string
	Line int // of the GUID
	// Settings by section and field, such as vendor_policies.package_assignment.type.
	// The bindings of several sections may find something; the GUID shows which
	// section the item belongs to.
	Settings map[string]ItemValue
}

// ItemValue is the value of a setting, in the form that the JSON of a snapshot has.
type ItemValue struct {
	Value any
	Line  int
}

// ReadItemFile reads the XML of an item with the XPaths that are used for a server of
// that version. A value that the bindings do not have is an error; otherwise a change
// could go unnoticed.
func ReadItemFile(set *Set, version, name string, text []byte) (*ItemFile, error) {
	plain, _, err := transform.Bytes(unicode.BOMOverride(unicode.UTF8.NewDecoder()), text)
	if err != nil {
		return nil, &snapshot.Error{File: name, Message: "is neither UTF-8 nor UTF-16 text"}
	}
	if len(plain) > maxItemXML {
		return nil, &snapshot.Error{File: name, Message: fmt.Sprintf("larger than %d MiB, which no item is", maxItemXML>>20)}
	}
	r := itemReader{name: name, file: &ItemFile{Settings: map[string]ItemValue{}}}
	if err := r.parse(string(plain)); err != nil {
		return nil, err
	}
	if err := r.identify(); err != nil {
		return nil, err
	}
	bindings := set.OrShipped().Choose(version)
	for _, section := range []struct {
		name string
		read func(*Item) error
	}{{"vendor_policies", r.assignment}, {"policies", r.schedules}, {"sites.prevent_downloads", r.siteSettings}} {
		b := bindings[section.name]
		if b == nil {
			continue // another version's
		}
		if err := section.read(&Item{Root: r.root, binding: b}); err != nil {
			return nil, err
		}
	}
	return r.file, nil
}

type itemReader struct {
	name string
	root *xmlquery.Node
	file *ItemFile
}

func (r *itemReader) errorf(line int, format string, args ...any) error {
	return &snapshot.Error{File: r.name, Line: line, Message: fmt.Sprintf(format, args...)}
}

// parse reads the XML. The declaration may name the encoding that the text had
// before it was decoded.
func (r *itemReader) parse(text string) error {
	if rest, ok := strings.CutPrefix(text, "<?xml"); ok {
		declaration, _, found := strings.Cut(rest, "?>")
		if found {
			text = "<?xml version=\"1.0\"" + strings.Repeat("\n", strings.Count(declaration, "\n")) + "?>" + text[len("<?xml")+len(declaration)+len("?>"):]
		}
	}
	var err error
	r.root, err = xmlquery.ParseWithOptions(strings.NewReader(text), xmlquery.ParserOptions{WithLineNumbers: true})
	var syntax *xml.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return r.errorf(syntax.Line, "not valid XML: %s", syntax.Msg)
	case err != nil:
		return r.errorf(1, "not valid XML: %s", err)
	}
	return nil
}

// identify reads the GUID of the item, an attribute of its first element.
func (r *itemReader) identify() error {
	for node := r.root.FirstChild; node != nil; node = node.NextSibling {
		if node.Type != xmlquery.ElementNode {
			continue
		}
		r.file.Line = node.LineNumber
		for _, attribute := range node.Attr {
			if !strings.EqualFold(attribute.Name.Local, "guid") {
				continue
			}
			g, err := guid.Parse(attribute.Value)
			if err != nil {
				return r.errorf(node.LineNumber, "invalid guid of the item: %q", Clip(attribute.Value))
			}
			r.file.GUID = g.String()
			return nil
		}
		return r.errorf(node.LineNumber, "the element %s has no attribute guid, which identifies the item", Clip(node.Data))
	}
	return r.errorf(0, "it has no element; export the policy from the console again")
}

// assignment reads how a vendor policy assigns its packages.
func (r *itemReader) assignment(s *Item) error {
	assignment := s.PackageAssignment()
	read := func(xpath, field string, value any, known bool) error {
		nodes := s.Nodes(xpath, nil)
		if len(nodes) == 0 {
			return nil
		}
		if !known {
			return r.errorf(nodes[0].LineNumber, "%s is %q, which is not a value that the bindings know", xpath, Clip(strings.TrimSpace(nodes[0].InnerText())))
		}
		r.file.Settings["vendor_policies.package_assignment."+field] = ItemValue{value, nodes[0].LineNumber}
		return nil
	}
	var kind, automatic any
	if assignment.Type != nil {
		kind = *assignment.Type
	}
	if assignment.AutomaticSiteAssignment != nil {
		automatic = *assignment.AutomaticSiteAssignment
	}
	if err := errors.Join(read("assignment_type", "type", kind, kind != nil),
		read("automatic_site_assignment", "automatic_site_assignment", automatic, automatic != nil)); err != nil {
		return err
	}
	if assignment.PackageServers == nil {
		return nil
	}
	servers := []any{}
	for _, guid := range assignment.PackageServers {
		servers = append(servers, guid)
	}
	line := r.file.Line
	if at, ok := r.file.Settings["vendor_policies.package_assignment.type"]; ok {
		line = at.Line
	}
	if nodes := s.Nodes("package_servers", nil); len(nodes) > 0 && nodes[0].Parent != nil {
		line = max(nodes[0].LineNumber, nodes[0].Parent.LineNumber)
	}
	r.file.Settings["vendor_policies.package_assignment.package_servers"] = ItemValue{servers, line}
	return nil
}

// siteSettings reads which downloads a site settings policy denies. Its XML does not
// name the site.
func (r *itemReader) siteSettings(s *Item) error {
	nodes := s.Nodes("settings", nil)
	if len(nodes) == 0 {
		return nil
	}
	sources := s.DeniedSources()
	if sources == nil {
		return r.errorf(nodes[0].LineNumber, "deny has a value that the bindings do not know")
	}
	list := []any{}
	for _, source := range sources {
		list = append(list, source)
	}
	r.file.Settings["sites.prevent_downloads"] = ItemValue{list, nodes[0].LineNumber}
	return nil
}

// schedules reads the schedules of a policy.
func (r *itemReader) schedules(s *Item) error {
	found := s.Schedules()
	if len(found) == 0 {
		return nil
	}
	list := []any{}
	for _, schedule := range found {
		value := map[string]any{"type": nil, "repeat_minutes": nil}
		if schedule.Type != nil {
			value["type"] = *schedule.Type
		}
		if schedule.RepeatMinutes != nil {
			value["repeat_minutes"] = *schedule.RepeatMinutes
		}
		list = append(list, value)
	}
	r.file.Settings["policies.schedules"] = ItemValue{list, s.Nodes("triggers", nil)[0].LineNumber}
	return nil
}
