package main

import (
	"context"
	"os"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/rulepage"
	"github.com/nscheck/nscheck/policies"
)

// docs returns the pages about the built-in rules by their paths.
func docs() (map[string][]byte, error) {
	pack, err := rule.LoadPack(rule.Source{Name: "builtin", FS: policies.FS})
	if err != nil {
		return nil, err
	}
	pages := rulepage.New(pack, policies.FS)
	files := map[string][]byte{"docs/rules/README.md": []byte(pages.Index())}
	for _, r := range pack.Rules {
		page, err := pages.Rule(context.Background(), r)
		if err != nil {
			return nil, err
		}
		files["docs/rules/"+r.ID+".md"] = []byte(page)
	}
	source, err := os.ReadFile("docs/article.yaml")
	if err != nil {
		return nil, err
	}
	article, err := pages.Article(source)
	files["docs/article.md"] = []byte(article)
	return files, err
}
