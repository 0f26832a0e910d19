package scaffold

import (
	"strings"
	"testing"

	"github.com/nscheck/nscheck/evaluator/rule"
)

func TestTitles(t *testing.T) {
	for title, want := range map[string]string{
		"Plain":                          "Plain",
		`"Quoted" and 'quoted'`:          `"Quoted" and 'quoted'`,
		"two\nlines\r\n and\ttabs":       "two lines and tabs",
		"a\n# METADATA\n# title: other":  "a # METADATA # title: other",
		"METADATA":                       "METADATA",
		"key: value, {a: b}, [c] # note": "key: value, {a: b}, [c] # note",
		"- item":                         "- item",
		"true":                           "true",
		"2026-01-31":                     "2026-01-31",
		"null":                           "null",
		"<<.ID>> {{.ID}}":                "<<.ID>> {{.ID}}",
		"\x00bell\x07":                   "\x00bell\x07",
		"bad \xff byte":                  "bad � byte",
		"grün – 日本":                      "grün – 日本",
		`back\slash`:                     `back\slash`,
	} {
		o := options(t.TempDir(), rule.EstateScope)
		o.Title = title
		checkTitle(t, o, want)
	}
}

func checkTitle(t *testing.T, o Options, want string) {
	t.Helper()
	pack, err := rule.LoadPack(rule.Source{Name: "pack", FS: filesOf(t, o)})
	if err != nil {
		t.Fatalf("%q: %v", o.Title, err)
	}
	if len(pack.Rules) != 1 || pack.Rules[0].Title != want || pack.Rules[0].ID != "ACME-001" {
		t.Errorf("%q became %+v", o.Title, pack.Rules[0])
	}
}

func FuzzTitle(f *testing.F) {
	for _, title := range []string{"a", "\"", "a: b", "#", "\u0085\u2028", "'", "\\", "*a", "&a", "!b", "%", "@", "`", "|", ">", "?", "-", "~", "\ufeff"} {
		f.Add(title)
	}
	f.Fuzz(func(t *testing.T, title string) {
		want, err := CleanTitle(title)
		if err != nil {
			return
		}
		o := options(t.TempDir(), rule.EstateScope)
		o.Title = title
		checkTitle(t, o, want)
	})
}

func TestBadTitles(t *testing.T) {
	for title, want := range map[string]string{
		"":                       "the title is empty; say in a few words what the rule finds",
		" \n\t":                  "the title is empty; say in a few words what the rule finds",
		strings.Repeat("ü", 121): "the title has 121 characters, and reports show 120; say the rest in the description",
	} {
		if _, err := CleanTitle(title); err == nil || err.Error() != want {
			t.Errorf("%q: error %v", title, err)
		}
	}
}

func TestBadNames(t *testing.T) {
	const form = " must be lower-case letters, digits and underscores, and begin with a letter"
	for name, want := range map[string]string{
		"two_servers":                         " must be of the form AREA/NAME, such as site/two_package_servers",
		"":                                    " must be of the form AREA/NAME, such as site/two_package_servers",
		"a/b/c":                               " must be of the form AREA/NAME, such as site/two_package_servers",
		`site\two`:                            " must be of the form AREA/NAME, such as site/two_package_servers",
		"../two":                              `: ".."` + form,
		"site/..":                             `: ".."` + form,
		"site/":                               `: ""` + form,
		"/two":                                `: ""` + form,
		"Site/two":                            `: "Site"` + form,
		"site/two servers":                    `: "two servers"` + form,
		"site/two-servers":                    `: "two-servers"` + form,
		"site/2servers":                       `: "2servers"` + form,
		"site/_two":                           `: "_two"` + form,
		"site/zwei_säle":                      `: "zwei_säle"` + form,
		"site/two\n":                          `: "two\n"` + form,
		"default/two":                         ": Rego reserves the word default; choose another",
		"site/some":                           ": Rego reserves the word some; choose another",
		"input/two":                           ": Rego reserves the word input; choose another",
		"site/con":                            ": Windows reserves the name con for a device; choose another",
		"aux/two":                             ": Windows reserves the name aux for a device; choose another",
		"site/com1":                           ": Windows reserves the name com1 for a device; choose another",
		"schemas/two":                         ": the folder schemas holds schemas; choose another",
		"site/params":                         ": params.yaml beside the rule would be taken for something else; choose another",
		"site/pack":                           ": pack.yaml beside the rule would be taken for something else; choose another",
		"site/two_test":                       ": files that end in _test hold tests; choose another",
		"site/" + strings.Repeat("a", 81):     ": a part of it has more than 80 characters",
		strings.Repeat("a", 300) + "/servers": ": a part of it has more than 80 characters",
	} {
		if err := CheckName(name); err == nil || !strings.HasPrefix(err.Error(), "the rule's name ") || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%q: error %v, want …%s", name, err, want)
		}
	}
	for _, name := range []string{"site/two_package_servers", "a/b", "lib2/x_1", "client/console"} {
		if err := CheckName(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}
