package collector

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/nscheck/nscheck/collector/agent"
	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/collector/csvdir"
	"github.com/nscheck/nscheck/snapshot"
)

// OpenAll connects to sources that are to give one snapshot. At most one of
// them is a database; any number are folders of CSV files, which are asked for
// a section in the order in which the sources are named, so that the first that
// has the whole of it gives it. Agent folders are merged into the computers that they are of.
func OpenAll(ctx context.Context, names []string, access Access) (Source, error) {
	if len(names) == 1 && !isAgent(names[0]) {
		return Open(ctx, names[0], access)
	}
	s := &several{}
	if err := s.open(ctx, names, access); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// several is one snapshot's sources.
type several struct {
	main          Source // gives the clock and the origin
	name          string
	before, after []*csvdir.Source // folders named before and after the main source
	agents        []*agent.Source
}

func isAgent(name string) bool {
	kind, _, _ := strings.Cut(name, ":")
	return strings.EqualFold(kind, "agent")
}

func (s *several) open(ctx context.Context, names []string, access Access) error {
	seen := map[string]bool{}
	for _, name := range names {
		if seen[identity(name)] {
			return fmt.Errorf("source %s is named twice", Redact(name))
		}
		seen[identity(name)] = true
		if err := s.openOne(ctx, name, access); err != nil {
			return err
		}
	}
	if s.main == nil && len(s.after) > 0 {
		s.main, s.name, s.after = s.after[0], s.after[0].Database().Name, s.after[1:]
	}
	if s.main == nil {
		return fmt.Errorf("source %s adds to what another source says of its computer; name that source too, such as csv:DIR", Redact(names[0]))
	}
	return nil
}

// identity is the same for all ways to write the name of one source.
func identity(name string) string {
	name = Redact(name)
	kind, folder, _ := strings.Cut(name, ":")
	if folder == "" || kind != "csv" && kind != "agent" {
		return name
	}
	path, err := filepath.Abs(folder)
	if err != nil {
		return name
	}
	return kind + ":" + path
}

func (s *several) openOne(ctx context.Context, name string, access Access) error {
	if isAgent(name) {
		_, rest, _ := strings.Cut(name, ":")
		folder, err := agent.Open(rest)
		if err != nil {
			return fmt.Errorf("open source %s: %w", Redact(name), err)
		}
		folder.ScanLog = access.ScanLog
		s.agents = append(s.agents, folder)
		return nil
	}
	source, err := Open(ctx, name, access)
	if err != nil {
		return err
	}
	files, ok := source.(*csvdir.Source)
	switch {
	case ok:
		s.after = append(s.after, files)
		return nil
	case s.main != nil:
		return errors.Join(
			fmt.Errorf("sources %s and %s are both databases; one snapshot is of one CMDB", s.name, Redact(name)),
			source.Close())
	}
	s.main, s.name = source, Redact(name)
	s.before, s.after = s.after, nil
	return nil
}

// Collect reads all sources into one snapshot.
func (s *several) Collect(ctx context.Context, sink Sink, options Options) (*snapshot.Manifest, error) {
	options.SourceName = s.name
	options.Before, options.After = databases(s.before), databases(s.after)
	if len(s.agents) == 0 {
		return s.main.Collect(ctx, sink, options)
	}
	return s.collectWithAgents(ctx, sink, options)
}

func databases(folders []*csvdir.Source) []cmdb.Database {
	list := make([]cmdb.Database, 0, len(folders))
	for _, f := range folders {
		list = append(list, f.Database())
	}
	return list
}

func (s *several) Close() (err error) {
	if s.main != nil {
		err = s.main.Close()
	}
	for _, f := range append(s.before, s.after...) {
		err = errors.Join(err, f.Close())
	}
	return err
}
