package collector

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nscheck/nscheck/collector/agent"
	"github.com/nscheck/nscheck/snapshot"
)

// collectWithAgents collects from the other sources into a temporary snapshot and
// writes it out with the content of the agent folders. It needs a file because the
// manifest comes first, and whether a folder's computer is among the clients is known
// after the last of them.
func (s *multiSource) collectWithAgents(ctx context.Context, sink Sink, options Options) (m *snapshot.Manifest, err error) {
	dir, err := os.MkdirTemp(options.TempDir, ".nscheck-merge-*")
	if err != nil {
		return nil, fmt.Errorf("make a folder for temporary files: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	file := filepath.Join(dir, "snapshot.jsonl.zst")
	w, err := snapshot.Create(file)
	if err != nil {
		return nil, err
	}
	defer w.Abort()
	watch := &agentSink{Sink: w, ctx: ctx, agents: s.agents}
	if _, err = s.main.Collect(ctx, watch, options); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	merge := watch.finish()
	if err := merge.write(ctx, file, sink); err != nil {
		return nil, err
	}
	return merge.manifest, nil
}

// agentSink reads the agent folders when it receives the manifest, which has the
// local time of their logs, and then looks for their computers.
type agentSink struct {
	Sink
	ctx      context.Context
	agents   []*agent.Source
	manifest *snapshot.Manifest
	reports  []*agent.Report
	errors   []sourceError
	matcher  *matcher
}

// sourceError is why a folder could not be read.
type sourceError struct {
	source string
	err    error
}

func (w *agentSink) WriteManifest(m *snapshot.Manifest) error {
	offset := 0
	if m.Source.UTCOffsetMinutes != nil {
		offset = *m.Source.UTCOffsetMinutes
	}
	for _, a := range w.agents {
		r, err := a.Read(w.ctx, time.FixedZone("", offset*60))
		if w.ctx.Err() != nil {
			return w.ctx.Err()
		}
		if err != nil {
			w.errors = append(w.errors, sourceError{a.Name(), err})
			continue
		}
		w.reports = append(w.reports, r)
	}
	w.manifest, w.matcher = m, newMatcher(w.reports)
	return w.Sink.WriteManifest(m)
}

func (w *agentSink) WriteEstate(e *snapshot.Estate) error {
	w.matcher.estate = e
	return w.Sink.WriteEstate(e)
}

func (w *agentSink) WriteClient(c *snapshot.Client) error {
	w.matcher.addClient(c)
	return w.Sink.WriteClient(c)
}

// finish assigns the reports to computers.
func (w *agentSink) finish() *merge {
	m := newMerge(w.manifest, w.matcher)
	for _, e := range w.errors {
		m.failed(e.source, e.err)
	}
	for _, r := range w.reports {
		m.add(r)
	}
	return m
}

// write copies the snapshot and changes the clients of the folders.
func (m *merge) write(ctx context.Context, file string, sink Sink) error {
	r, err := snapshot.Open(file)
	if err != nil {
		return err
	}
	defer r.Close()
	m.finish()
	if err := sink.WriteManifest(m.manifest); err != nil {
		return err
	}
	if err := sink.WriteEstate(m.matcher.estate); err != nil {
		return err
	}
	lines, raw := sink.(interface{ WriteClientLine(object []byte) error })
	count := 0
	for line, err := range r.Clients() {
		if err != nil {
			return err
		}
		if count++; count%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		guid := guidOf(line.Raw)
		if raw && m.clients[guid] == nil {
			if err := lines.WriteClientLine(line.Raw); err != nil {
				return err
			}
			continue
		}
		var c snapshot.Client
		if err := json.Unmarshal(line.Raw, &c); err != nil {
			return err
		}
		for _, change := range m.clients[guid] {
			change(&c)
		}
		if err := sink.WriteClient(&c); err != nil {
			return err
		}
	}
	return nil
}

// guidOf reads a client's GUID, its first field.
func guidOf(line []byte) string {
	var head struct {
		GUID string `json:"guid"`
	}
	const before, length = len(`{"guid":"`), 36
	if len(line) > before+length && string(line[:before]) == `{"guid":"` {
		return string(line[before : before+length])
	}
	_ = json.Unmarshal(line, &head) // the line was read as a client before
	return head.GUID
}

// ageDays is the number of whole days since then, negative for the future.
func ageDays(now, then time.Time) *int {
	const day = 24 * 60 * 60
	seconds := now.Unix() - then.Unix()
	days := int(seconds / day)
	if seconds%day < 0 {
		days--
	}
	return &days
}
