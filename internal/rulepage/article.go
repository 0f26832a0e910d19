package rulepage

import (
	"bytes"
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

// articleStep is a step of TECH170397 in docs/article.yaml.
type articleStep struct {
	Step      string
	Sentences []struct {
		Says   string
		Checks []string // ids of rules, and names of commands
		// Reading is how the sentence is read, and how far it is checked.
		Reading string
		Why     string // why nothing checks it
	}
}

// articleCommands are the commands that check something by themselves.
var articleCommands = map[string]string{
	"explain":  "`nscheck explain CLIENT`",
	"licences": "`nscheck licences`",
}

// Article walks through TECH170397, in Markdown: for each sentence what checks
// it, or why nothing does. A rule of one of its steps that the source does not
// name is an error, and so is one beyond the article that it does.
func (p *Pages) Article(source []byte) (string, error) {
	var steps []articleStep
	dec := yaml.NewDecoder(bytes.NewReader(source))
	dec.KnownFields(true)
	if err := dec.Decode(&steps); err != nil {
		return "", fmt.Errorf("read the article's sentences: %w", err)
	}
	named := map[string]bool{}
	var b strings.Builder
	b.WriteString("# TECH170397, sentence by sentence\n\n")
	b.WriteString("What checks each sentence of the article, or why nothing can. Made from article.yaml.\n")
	for _, s := range steps {
		fmt.Fprintf(&b, "\n## %s\n\n| the article says | checked by |\n|---|---|\n", articleTitle(s.Step))
		for _, sentence := range s.Sentences {
			checked, err := p.checkedBy(sentence.Checks, named)
			if err != nil {
				return "", fmt.Errorf("%q: %w", sentence.Says, err)
			}
			if (checked == "") == (sentence.Why == "") {
				return "", fmt.Errorf("%q must have either checks or why", sentence.Says)
			}
			if sentence.Reading != "" {
				if checked == "" {
					return "", fmt.Errorf("%q has a reading and no checks", sentence.Says)
				}
				checked += ". " + sentence.Reading
			}
			if checked == "" {
				checked = "Nothing. " + sentence.Why
			}
			fmt.Fprintf(&b, "| %s | %s |\n", sentence.Says, checked)
		}
	}
	fmt.Fprintf(&b, "\n## %s\n\n| rule | finds |\n|---|---|\n", articleTitle("+"))
	for _, r := range p.pack.Rules {
		switch {
		case r.Step == "+":
			fmt.Fprintf(&b, "| [%s](rules/%s.md) | %s |\n", r.ID, r.ID, r.Title)
		case !named[r.ID]:
			return "", fmt.Errorf("%s is for step %s and no sentence names it", r.ID, r.Step)
		}
	}
	return b.String(), nil
}

func articleTitle(step string) string {
	switch step {
	case "symptoms":
		return "Symptoms, scope and cause"
	case "information":
		return "Information"
	case "+":
		return "Beyond the article"
	}
	return "Step " + step
}

func (p *Pages) checkedBy(checks []string, named map[string]bool) (string, error) {
	var out []string
	for _, check := range checks {
		if command, ok := articleCommands[check]; ok {
			out = append(out, command)
			continue
		}
		r, ok := p.pack.Rule(check)
		if !ok {
			return "", fmt.Errorf("there is neither a rule nor a command %s", check)
		}
		if r.Step == "+" {
			return "", fmt.Errorf("%s goes beyond the article", r.ID)
		}
		named[check] = true
		out = append(out, fmt.Sprintf("[%s](rules/%s.md) %s", r.ID, r.ID, r.Title))
	}
	return strings.Join(out, "; "), nil
}
