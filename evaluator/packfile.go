package evaluator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"

	"github.com/Masterminds/semver/v3"
	"gopkg.in/yaml.v3"
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

var (
	packNameForm   = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	packPrefixForm = regexp.MustCompile(`^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$`)
)

// ReadPackManifest reads the manifest of a folder of rules; nil where the folder
// has none. Errors begin with the file's name.
func ReadPackManifest(folder fs.FS) (*PackManifest, error) {
	text, err := fs.ReadFile(folder, PackFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var m PackManifest
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&m); errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s is empty; give the pack a name and a version", PackFile)
	} else if err != nil {
		return nil, fmt.Errorf("%s: %w", PackFile, yamlError(err))
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: only one YAML document is read, and there are several", PackFile)
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", PackFile, err)
	}
	return &m, nil
}

func (m *PackManifest) check() error {
	if !packNameForm.MatchString(m.Name) {
		return fmt.Errorf("name %q must be lower-case letters, digits and dashes, such as acme-house-rules", m.Name)
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
