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

// OpenAll connects to the sources of one snapshot. At most one of them is a database,
// and any number are folders of CSV files. They are read in the order in which they
// are named; the first that has a whole section provides it. Agent folders are merged
// into their computers.
func OpenAll(ctx context.Context, names []string, access Access) (Source, error) {
	if len(names) == 1 && !isAgent(names[0]) {
		return Open(ctx, names[0], access)
	}
	s := &multiSource{}
	if err := s.open(ctx, names, access); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// multiSource has the sources of one snapshot.
type multiSource struct {
	main          Source // gives the clock and the origin
	name          string
	before, after []*csvdir.Source // folders named before and after the main source
	agents        []*agent.Source
}

func isAgent(name string) bool {
	kind, _, _ := strings.Cut(name, ":")
	return strings.EqualFold(kind, "agent")
}

func (s *multiSource) open(ctx context.Context, names []string, access Access) error {
	seen := map[string]bool{}
	for _, name := range names {
		if seen[canonicalName(name)] {
			return fmt.Errorf("source %s is named twice", Redact(name))
		}
		seen[canonicalName(name)] = true
		if err := s.openOne(ctx, name, access); err != nil {
			return err
		}
	}
	if s.main == nil && len(s.after) > 0 {
		s.main, s.name, s.after = s.after[0], s.after[0].Database().Name, s.after[1:]
	}
	if s.main == nil {
		return fmt.Errorf("source %s only adds to a computer of another source; name that source too, such as csv:DIR", Redact(names[0]))
	}
	return nil
}

// canonicalName returns the same text for all spellings of a source's name.
func canonicalName(name string) string {
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

func (s *multiSource) openOne(ctx context.Context, name string, access Access) error {
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
func (s *multiSource) Collect(ctx context.Context, sink Sink, options Options) (*snapshot.Manifest, error) {
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

func (s *multiSource) Close() (err error) {
	if s.main != nil {
		err = s.main.Close()
	}
	for _, f := range append(s.before, s.after...) {
		err = errors.Join(err, f.Close())
	}
	return err
}
