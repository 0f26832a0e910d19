package probe

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/antchfx/xmlquery"

	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/internal/guid"
)

const itemQuery = `SELECT
    vi.[Guid] AS [guid],
    vi.[Name] AS [name],
    vi.[State] AS [state]
FROM [vItem] vi
WHERE vi.[%s] = @item
ORDER BY vi.[Guid]`

// Item is an item and the nodes of its XML.
type Item struct {
	GUID  string     `json:"guid"`
	Name  string     `json:"name"`
	Nodes []ItemNode `json:"nodes"`
	// Problem explains why there are no nodes.
	Problem string `json:"problem,omitempty"`
}

// ItemNode is a place in an item's XML with a value. It may occur several times.
type ItemNode struct {
	// Path is an XPath that finds it.
	Path string `json:"path"`
	// Count is the number of occurrences in the XML.
	Count int `json:"count"`
	// Type is what its values are; several types are joined by "or".
	Type string `json:"type"`
	// Values are shown if they are numbers, booleans, GUIDs or common words of
	// settings, and nothing near them indicates a secret. At most five.
	Values []string `json:"values,omitempty"`
}

// shownValues is how many values of a node are shown.
const shownValues = 5

// Items lists the nodes of the items of that name or GUID.
func Items(ctx context.Context, source cmdb.Database, item string, options cmdb.Options) ([]Item, error) {
	db, err := cmdb.Connect(ctx, source, options)
	if err != nil {
		return nil, fmt.Errorf("probe: %w", err)
	}
	defer db.Close()
	by, value := "Name", item
	if g, err := guid.Parse(item); err == nil {
		by, value = "Guid", g.String()
	}
	query := binding.NewQuery("item", fmt.Sprintf(itemQuery, by), map[string]any{"item": value})
	rows, err := db.ReadRows(ctx, query, []binding.Column{{Name: "guid", Kind: binding.GUID}, {Name: "name", Kind: binding.Text}, {Name: "state", Kind: binding.Text}}, probedItems)
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("read item %q: %w", item, ctx.Err())
	case err != nil:
		_, why := cmdb.Explain("item", err)
		return nil, fmt.Errorf("read item %q: %s", item, why)
	case len(rows) == 0:
		return nil, fmt.Errorf("there is no item %q in %s; give its name as the console shows it, in the language of the server, or its GUID", item, binding.ItemObject)
	}
	items := make([]Item, len(rows))
	for i, row := range rows {
		items[i] = probedItem(row)
	}
	return items, nil
}

func probedItem(row []string) Item {
	item := Item{GUID: row[0], Name: row[1], Nodes: []ItemNode{}}
	settings, _ := binding.ReadItem(&binding.Binding{}, row[2])
	switch {
	case row[2] == "":
		item.Problem = "it has no settings"
	case settings == nil:
		item.Problem = "its settings are not XML"
	default:
		item.Nodes = listNodes(settings.Root)
	}
	return item
}

// nodeLister collects the values at each path.
type nodeLister struct {
	order []string
	nodes map[string]*ItemNode
}

// listNodes lists the attributes and the elements with text, in the order in
// which their paths first come.
func listNodes(root *xmlquery.Node) []ItemNode {
	l := &nodeLister{nodes: make(map[string]*ItemNode)}
	for n := root.FirstChild; n != nil; n = n.NextSibling {
		if n.Type == xmlquery.ElementNode {
			l.element(n, "", false)
		}
	}
	list := make([]ItemNode, 0, len(l.order))
	for _, path := range l.order {
		list = append(list, *l.nodes[path])
	}
	return list
}

// maxDepth bounds how deep an item's XML is followed.
const maxDepth = 200

func (l *nodeLister) element(n *xmlquery.Node, above string, secret bool) {
	if strings.Count(above, "/") > maxDepth {
		return
	}
	path := above + "/" + step(n.Prefix, n.Data)
	// The top element names the item, not its content.
	secret = secret || secretName(n.Data) || above != "" && labelledSecret(n)
	for _, a := range n.Attr {
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
			continue
		}
		l.value(path+"/@"+step(a.Name.Space, a.Name.Local), a.Value, secret || secretName(a.Name.Local))
	}
	var own strings.Builder
	children := false
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		switch child.Type {
		case xmlquery.ElementNode:
			children = true
		case xmlquery.TextNode, xmlquery.CharDataNode:
			own.WriteString(child.Data)
		}
	}
	if text := strings.TrimSpace(own.String()); text != "" || !children && len(n.Attr) == 0 {
		l.value(path, text, secret || children)
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if child.Type == xmlquery.ElementNode {
			l.element(child, path, secret)
		}
	}
}

// step is a name in a path. A prefix would need its namespace to be declared,
// so such a node is found by its own name.
func step(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return "*[local-name()='" + name + "']"
}

func (l *nodeLister) value(path, value string, secret bool) {
	node := l.nodes[path]
	if node == nil {
		node = &ItemNode{Path: path}
		l.nodes[path] = node
		l.order = append(l.order, path)
	}
	node.Count++
	kind, shown := valueType(value)
	if secret {
		kind, shown = kind+" (hidden)", ""
	}
	switch {
	case node.Type == "":
		node.Type = kind
	case !slices.Contains(strings.Split(node.Type, " or "), kind):
		node.Type += " or " + kind
	}
	if shown != "" && len(node.Values) < shownValues && !slices.Contains(node.Values, shown) {
		node.Values = append(node.Values, shown)
	}
}
