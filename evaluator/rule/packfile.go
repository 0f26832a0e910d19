package rule

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
	"gopkg.in/yaml.v3"

	"github.com/nscheck/nscheck/internal/strictyaml"
)

// PackFile is the file at the top of a folder of rules that says which pack
// they are. A folder without it is a pack without a name.
const PackFile = "pack.yaml"

// PackManifest says which pack a folder of rules is.
type PackManifest struct {
	// Name in lower-case letters, digits and dashes, such as acme-house-rules.
	Name string `json:"name" yaml:"name"`
	// Version of the pack, such as 1.2.0.
	Version string `json:"version" yaml:"version"`
	// What the rules are about, in a sentence.
	Description string `json:"description,omitempty" yaml:"description,omitempty"`
	// What the ids of its rules begin with, such as ACME for ACME-001.
	Prefix string `json:"prefix,omitempty" yaml:"prefix,omitempty"`
	// Versions of nscheck that the pack is for, such as ">=0.2 <1"; empty means all.
	Nscheck string `json:"nscheck,omitempty" yaml:"nscheck,omitempty"`
}

// maxPackName bounds the name of a pack.
const maxPackName = 64

var (
	packNameForm   = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	packPrefixForm = regexp.MustCompile(`^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$`)
)

// UnreadFile is that a file would not be read because of its name, although its
// author surely meant it to be.
type UnreadFile struct {
	// File in its folder, with slashes.
	File string
	// What to do.
	Help string
}

// Error says which file would not be read, and what to do.
func (u *UnreadFile) Error() string { return u.File + " would not be read; " + u.Help }

// misnamedPackFile refuses a file at the top of a folder that was meant for
// [PackFile].
func misnamedPackFile(folder fs.FS) error {
	files, err := fs.ReadDir(folder, ".")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, f := range files {
		name := strings.ToLower(f.Name())
		if f.Name() != PackFile && (name == PackFile || name == "pack.yml") {
			return &UnreadFile{f.Name(), "call it " + PackFile}
		}
	}
	return nil
}

// ReadPackManifest reads the manifest of a folder of rules; nil where the folder
// has none. Errors begin with the file's name.
func ReadPackManifest(folder fs.FS) (*PackManifest, error) {
	if err := misnamedPackFile(folder); err != nil {
		return nil, err
	}
	text, err := fs.ReadFile(folder, PackFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m, err := parsePackManifest(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", PackFile, err)
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", PackFile, err)
	}
	return m, nil
}

func parsePackManifest(text []byte) (*PackManifest, error) {
	top, failed := strictyaml.Read(text)
	if failed != nil {
		return nil, failed
	}
	if top == nil {
		return nil, errors.New("the file is empty; give the pack a name and a version")
	}
	if top.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("line %d: the file must have keys with values, such as name: acme-house-rules", top.Line)
	}
	m := &PackManifest{}
	keys := map[string]*string{"name": &m.Name, "version": &m.Version, "description": &m.Description, "prefix": &m.Prefix, "nscheck": &m.Nscheck}
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		to, known := keys[key.Value]
		switch {
		case !known:
			return nil, noSuchKey(key, slices.Sorted(maps.Keys(keys)))
		case value.Kind != yaml.ScalarNode:
			return nil, fmt.Errorf("line %d: %s must be a text", value.Line, key.Value)
		}
		*to = value.Value
		if value.ShortTag() == "!!null" {
			*to = ""
		}
	}
	return m, nil
}

// noSuchKey says that a key is none of those that a file may have there.
func noSuchKey(key *yaml.Node, known []string) error {
	return fmt.Errorf("line %d: there is no key %q; known are %s", key.Line, key.Value, strings.Join(known, ", "))
}

// CheckTool makes sure that the pack is for a version of nscheck. A version that is
// none, such as dev, is that of a development build: it fits all, and noted says
// so.
func (m *PackManifest) CheckTool(version string) (noted string, err error) {
	if m.Nscheck == "" {
		return "", nil
	}
	fits, err := parseVersions(m.Nscheck)
	if err != nil {
		return "", err
	}
	p := platform{number: ParseVersion(version), pack: &servicePack{}}
	if p.number == nil {
		return fmt.Sprintf("the pack %s %s is for nscheck %s; this is a development build, of which that is not checked", m.Name, m.Version, m.Nscheck), nil
	}
	if in, _ := fits.contains(p); !in {
		return "", fmt.Errorf("the pack %s %s is for nscheck %s, and this is nscheck %s; get a version of one that fits the other", m.Name, m.Version, m.Nscheck, version)
	}
	return "", nil
}

func (m *PackManifest) check() error {
	if !packNameForm.MatchString(m.Name) {
		return fmt.Errorf("name %q must be lower-case letters, digits and dashes, such as acme-house-rules", m.Name)
	}
	if len(m.Name) > maxPackName {
		return fmt.Errorf("name has %d letters, and every report shows it; make it %d or fewer", len(m.Name), maxPackName)
	}
	if _, err := semver.StrictNewVersion(m.Version); err != nil {
		return fmt.Errorf("version %q must have three numbers, such as 1.0.0", m.Version)
	}
	if m.Prefix != "" && !packPrefixForm.MatchString(m.Prefix) {
		return fmt.Errorf("prefix %q must be capitals, digits and dashes, such as ACME for ids like ACME-001", m.Prefix)
	}
	if _, err := parseVersions(m.Nscheck); err != nil {
		return fmt.Errorf("nscheck: %w", err)
	}
	return nil
}
