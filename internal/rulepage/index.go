package rulepage

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nscheck/nscheck/evaluator/rule"
)

// Index lists the rules by area and by step of the article, in Markdown.
func (p *Pages) Index() string {
	var b strings.Builder
	b.WriteString("# Rules\n\nGenerated from the rules. [The article, sentence by sentence](../article.md).\n\n## By area\n")
	areas := map[string][]*rule.Rule{}
	steps := map[string][]*rule.Rule{}
	for _, r := range p.pack.Rules {
		area := strings.Split(r.Package, ".")[2]
		areas[area] = append(areas[area], r)
		steps[r.Step] = append(steps[r.Step], r)
	}
	for _, area := range slices.Sorted(maps.Keys(areas)) {
		fmt.Fprintf(&b, "\n### %s\n\n", strings.ReplaceAll(area, "_", " "))
		table(&b, areas[area])
	}
	b.WriteString("\n## By step of the article\n")
	for _, step := range []string{"symptoms", "1", "2", "3", "4", "5", "6", "7", "+"} {
		if len(steps[step]) == 0 {
			continue
		}
		title := articleTitle(step)
		fmt.Fprintf(&b, "\n### %s\n\n", title)
		table(&b, steps[step])
	}
	return b.String()
}

func table(b *strings.Builder, rules []*rule.Rule) {
	b.WriteString("| rule | severity | finds |\n|---|---|---|\n")
	for _, r := range rules {
		fmt.Fprintf(b, "| [%s](%s.md) | %s | %s |\n", r.ID, r.ID, r.Severity, r.Title)
	}
}
