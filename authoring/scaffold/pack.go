package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/nscheck/nscheck/evaluator/rule"
	"github.com/nscheck/nscheck/internal/textfile"
)

// builtinPrefix is what the ids of the built-in rules begin with.
const builtinPrefix = "NS"

// Pack is the folder that a new rule goes into.
type Pack struct {
	Manifest rule.PackManifest
	// Whether the folder has no pack.yaml yet.
	New bool

	dir string
}

// OpenPack reads which pack a folder is. A folder that is not there yet is a new
// pack.
func OpenPack(dir string) (*Pack, error) {
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is a file; name the folder that the pack is in", dir)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	manifest, err := rule.ReadPackManifest(os.DirFS(dir))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	if manifest != nil {
		return &Pack{Manifest: *manifest, dir: dir}, nil
	}
	return &Pack{Manifest: rule.PackManifest{Name: nameOf(dir), Version: "0.1.0"}, New: true, dir: dir}, nil
}

var notInName = regexp.MustCompile(`[^a-z0-9]+`)

// nameOf makes a pack's name of its folder's; empty where that cannot be.
func nameOf(dir string) string {
	if absolute, err := filepath.Abs(dir); err == nil {
		dir = absolute
	}
	return strings.Trim(notInName.ReplaceAllString(strings.ToLower(filepath.Base(dir)), "-"), "-")
}

// SuggestedPrefix is a prefix that goes with the pack's name.
func (p *Pack) SuggestedPrefix() string {
	word, _, _ := strings.Cut(p.Manifest.Name, "-")
	word = strings.ToUpper(strings.TrimLeft(word, "0123456789"))
	if word == "" || word == builtinPrefix || len(word) > 12 {
		return "HOUSE"
	}
	return word
}

var (
	packName   = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	packPrefix = regexp.MustCompile(`^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$`)
)

// CheckPackName refuses what is no name of a pack.
func CheckPackName(name string) error {
	switch {
	case !packName.MatchString(name):
		return fmt.Errorf("the pack's name %q must be lower-case letters, digits and dashes, such as acme-house-rules", name)
	case name == "nscheck":
		return errors.New("the pack's name nscheck belongs to the built-in rules; choose another")
	}
	return nil
}

// CheckPrefix refuses what no id can begin with.
func CheckPrefix(prefix string) error {
	switch {
	case !packPrefix.MatchString(prefix):
		return fmt.Errorf("the prefix %q must be capitals, digits and dashes, such as ACME for ids like ACME-001", prefix)
	case prefix == builtinPrefix || strings.HasPrefix(prefix, builtinPrefix+"-"):
		return fmt.Errorf("the prefix %s belongs to the built-in rules; choose another", prefix)
	}
	return nil
}

// settle completes the manifest by what is asked for, and refuses what
// contradicts it.
func (p *Pack) settle(o Options) error {
	m := &p.Manifest
	switch {
	case p.New && o.Pack != "":
		m.Name = o.Pack
	case o.Pack != "" && o.Pack != m.Name:
		return fmt.Errorf("%s says that the pack is called %s, and not %s", p.file(), m.Name, o.Pack)
	}
	if err := CheckPackName(m.Name); err != nil {
		return err
	}
	if m.Prefix != "" && o.Prefix != "" && o.Prefix != m.Prefix {
		return fmt.Errorf("%s says that ids begin with %s, and not with %s", p.file(), m.Prefix, o.Prefix)
	}
	if m.Prefix == "" {
		m.Prefix = o.Prefix
	}
	return CheckPrefix(m.Prefix)
}

func (p *Pack) file() string { return filepath.Join(p.dir, rule.PackFile) }

// id is the id that is asked for, or the next free one.
func (p *Pack) id(wanted string) (string, error) {
	form := regexp.MustCompile(`\b` + regexp.QuoteMeta(p.Manifest.Prefix) + `(?:-[A-Z0-9]+)*-([0-9]{3,})\b`)
	used, err := p.ids(form)
	if err != nil {
		return "", err
	}
	if wanted != "" {
		switch {
		case form.FindString(wanted) != wanted:
			return "", fmt.Errorf("the id %q must be of the form %s-001, for the pack's ids begin with %s", wanted, p.Manifest.Prefix, p.Manifest.Prefix)
		case used[wanted] != "":
			return "", fmt.Errorf("the id %s stands in %s already; ids are never reused", wanted, used[wanted])
		}
		return wanted, nil
	}
	last := 0
	for id := range used {
		n, err := strconv.Atoi(form.FindStringSubmatch(id)[1])
		if err != nil {
			continue // too long for a number that is counted on
		}
		last = max(last, n)
	}
	return fmt.Sprintf("%s-%03d", p.Manifest.Prefix, last+1), nil
}

// ids are the ids that stand anywhere in the pack's rules, with their files:
// also as an alias, and in rules that do not compile at the moment.
func (p *Pack) ids(form *regexp.Regexp) (map[string]string, error) {
	used := map[string]string{}
	err := filepath.WalkDir(p.dir, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && name == p.dir {
			return nil // a new folder
		}
		if err != nil || d.IsDir() || filepath.Ext(name) != ".rego" {
			return err
		}
		text, err := textfile.Read(name)
		if err != nil {
			return err
		}
		for _, id := range form.FindAllString(string(text), -1) {
			used[id] = name
		}
		return nil
	})
	return used, err
}
