package csvdir

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/agnivade/levenshtein"

	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/snapshot"
)

// Source is an opened folder.
type Source struct{ folder *folder }

// folder has what is known about a folder before any file is read.
type folder struct {
	*settings
	dir          string
	files        map[string][]string // file names by section
	unknownFiles []string            // CSV files that are named after no section
	collectedAt  time.Time
	clock        string
	offset       time.Duration
	sortMemory   int
}

// extensions that a file of a section may have.
var extensions = []string{".csv", ".txt", ".tsv"}

// Open lists the files of a folder, given as DIR or DIR?SETTING=VALUE&…. It does not
// read any of them yet.
func Open(source string) (*Source, error) {
	dir, text := source, ""
	if at := strings.LastIndexByte(source, '?'); at >= 0 {
		dir, text = source[:at], source[at+1:]
	}
	if dir == "" {
		return nil, errors.New("it names no folder; write csv:DIR")
	}
	s, err := parseSettings(text)
	if err != nil {
		return nil, err
	}
	f := &folder{settings: s, dir: dir, files: make(map[string][]string), sortMemory: sortMemory}
	newest, err := f.list()
	if err != nil {
		return nil, err
	}
	if len(f.files) == 0 {
		return nil, f.noFiles()
	}
	f.setClock(newest)
	return &Source{f}, nil
}

// list finds the files of sections and returns when the newest was written.
func (f *folder) list() (newest time.Time, err error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return newest, fmt.Errorf("read the folder: %w", err)
	}
	sections := sectionNames()
	for _, e := range entries {
		ext := filepath.Ext(e.Name())
		if !slices.Contains(extensions, strings.ToLower(ext)) {
			continue
		}
		section := strings.ToLower(strings.TrimSuffix(e.Name(), ext))
		if !slices.Contains(sections, section) {
			f.unknownFiles = append(f.unknownFiles, e.Name())
			continue
		}
		f.files[section] = append(f.files[section], e.Name())
		if info, err := os.Stat(filepath.Join(f.dir, e.Name())); err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	return newest, nil
}

func sectionNames() []string {
	var names []string
	for _, l := range binding.Layouts() {
		names = append(names, l.Section)
	}
	return names
}

func (f *folder) noFiles() error {
	if len(f.unknownFiles) > 0 {
		return fmt.Errorf("none of its files is named after a section, such as %s; files are sites.csv, clients.csv, clients.licence.csv and so on", f.unknownFiles[0])
	}
	return errors.New("it has no CSV file; files are sites.csv, clients.csv, clients.licence.csv and so on")
}

// setClock sets the time that ages are counted from, and the local time of the files'
// times.
func (f *folder) setClock(newest time.Time) {
	f.collectedAt, f.clock = newest, "newest_file"
	if f.settings.collectedAt != nil {
		f.collectedAt, f.clock = f.settings.collectedAt.Time, "setting"
	}
	_, seconds := f.collectedAt.In(time.Local).Zone()
	f.offset = time.Duration(seconds) * time.Second
	if f.utcOffset != nil {
		f.offset = *f.utcOffset
	}
}

// file returns the name of a section's file.
func (f *folder) file(section string) (string, error) {
	names := f.files[section]
	switch len(names) {
	case 0:
		return "", f.missingFile(section)
	case 1:
	default:
		return "", f.fileFailure(names[1], fmt.Errorf("%s is a file of this section too; leave one of them", names[0]))
	}
	info, err := os.Stat(filepath.Join(f.dir, names[0]))
	if err != nil {
		return "", f.fileFailure(names[0], withoutPath(err))
	}
	if !info.Mode().IsRegular() {
		return "", f.fileFailure(names[0], errors.New("it is not a regular file"))
	}
	return names[0], nil
}

// missingFile returns the error of a section without a file. It suggests a file with
// a similar name.
func (f *folder) missingFile(section string) error {
	hint := ""
	for _, name := range f.unknownFiles {
		bare := strings.ToLower(strings.TrimSuffix(name, filepath.Ext(name)))
		if levenshtein.ComputeDistance(bare, section) <= max(2, (len(section)+1)/3) {
			hint = fmt.Sprintf("; is %s meant?", name)
		}
	}
	return &fileError{snapshot.Missing, fmt.Errorf("there is no file %s.csv in %s%s", section, f.dir, hint)}
}

// Database returns the folder as a source for cmdb.
func (s *Source) Database() cmdb.Database {
	return cmdb.Database{
		Origin:    snapshot.Origin{Kind: "csv", Clock: s.folder.clock},
		Name:      "csv:" + s.folder.dir,
		Files:     s.folder,
		Has:       func(section string) bool { return len(s.folder.files[section]) > 0 },
		Now:       s.folder.collectedAt,
		UTCOffset: s.folder.offset,
	}
}

// Collect reads the folder into a sink, which the caller closes. It fails if nothing
// in it can be read.
func (s *Source) Collect(ctx context.Context, sink cmdb.Sink, options cmdb.Options) (*snapshot.Manifest, error) {
	return cmdb.Collect(ctx, s.Database(), &nonEmptySink{Sink: sink, name: "csv:" + s.folder.dir}, options)
}

// Close does nothing: each file is closed when it has been read.
func (s *Source) Close() error { return nil }

// nonEmptySink refuses a snapshot without any section.
type nonEmptySink struct {
	cmdb.Sink
	name string
}

func (d *nonEmptySink) WriteManifest(m *snapshot.Manifest) error {
	why := ""
	for _, section := range m.Sections {
		switch {
		case section.Status == snapshot.Collected || section.Status == snapshot.Partial:
			return d.Sink.WriteManifest(m)
		case section.Status == snapshot.Failed && why == "":
			why = section.Error
		}
	}
	return fmt.Errorf("nothing in %s can be read: %s", d.name, why)
}
