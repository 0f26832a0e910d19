package agent

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/nscheck/nscheck/internal/guid"
	"github.com/nscheck/nscheck/snapshot"
)

// Read reads the folder. Times in logs are in the zone.
func (s *Source) Read(ctx context.Context, zone *time.Location) (*Report, error) {
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return nil, fmt.Errorf("collect from %s: %w", s.Name(), withoutPath(err))
	}
	defer root.Close()
	r, err := s.read(ctx, root.FS(), zone)
	if err != nil {
		return nil, fmt.Errorf("collect from %s: %w", s.Name(), err)
	}
	return r, nil
}

// folderReader collects the content of a folder.
type folderReader struct {
	fs     fs.FS
	found  *found
	notes  notes
	report *Report
	// scanLog are the patterns of the scan's log.
	scanLog *ScanLogPatterns
}

func (s *Source) read(ctx context.Context, root fs.FS, zone *time.Location) (*Report, error) {
	r := &folderReader{fs: root, report: &Report{Source: s.Name(), Computer: s.computer, GUID: s.guid}, scanLog: s.ScanLog}
	if r.scanLog == nil {
		r.scanLog = ShippedScanLog()
	}
	var err error
	if r.found, err = walk(ctx, root, &r.notes); err != nil {
		return nil, err
	}
	r.findScanLog()
	f := r.found
	if !f.hasClient && !f.hasServer && !f.hasStatus && len(f.logs) == 0 && f.scanLog == nil {
		return nil, fmt.Errorf("there is nothing of an agent in it: no folder Software Delivery, Package Delivery or Logs, and no STPatchAssessment.log; name the folder Altiris Agent, or one above it")
	}
	logs, err := r.readLogs(ctx, zone)
	if err != nil {
		return nil, err
	}
	if r.report.Computer == "" && r.report.GUID == "" {
		if r.report.Computer, err = logs.computer(s.dir); err != nil {
			return nil, err
		}
	}
	r.report.Server = f.hasServer || f.hasStatus
	r.report.Client = f.hasClient || f.scanLog != nil || !r.report.Server
	if len(f.logs) > 0 {
		r.report.Errors = logs.errorGroups()
	}
	r.readScanLog()
	r.readClientPackages()
	r.readServerPackages()
	r.report.Notes, r.report.Incomplete = r.notes.texts(), r.notes.incomplete
	return r.report, nil
}

// findScanLog looks for the scan's log in the content of its package.
func (r *folderReader) findScanLog() {
	packages := snapshot.RequiredPackages()
	scan := slices.IndexFunc(packages, func(p snapshot.RequiredPackage) bool { return p.Role == "scan" })
	g, err := guid.Parse(packages[scan].GUID)
	folder, ok := r.found.software[g]
	if err != nil || !ok {
		return
	}
	for _, content := range []string{r.content(folder), folder} {
		name, ok := r.child(content, scanLogName)
		if !ok {
			continue
		}
		info, err := fs.Stat(r.fs, name)
		if err == nil && info.Mode().IsRegular() {
			r.found.offerScanLog(file{name, info.Size(), info.ModTime()})
			return
		}
	}
}

// content returns the folder of a package's files: its cache folder, or itself.
func (r *folderReader) content(folder string) string {
	if cache, ok := r.child(folder, "cache"); ok {
		return cache
	}
	return folder
}

// readScanLog reads the outcome of scans from the log of the assessment scan. The
// format of its lines is not public: only a user's patterns show that a scan
// completed.
func (r *folderReader) readScanLog() {
	f := r.found.scanLog
	if f == nil {
		return
	}
	at := f.at
	r.report.ScanLog = &at
	outcome := scanOutcome{patterns: r.scanLog}
	words, err := r.countWords(f.path, &outcome)
	if err != nil {
		r.notes.addIncomplete("%s: %v", f.path, withoutPath(err))
		return
	}
	conclusion := "its format is not public, so whether a scan completed is not concluded from them"
	if r.scanLog.Known() {
		conclusion = r.setScanOutcome(&outcome, f.size)
	}
	r.notes.add("STPatchAssessment.log has %d bytes and was written %s; %d of its lines contain the word error, %d fail, %d complete; %s",
		f.size, at.UTC().Format(time.RFC3339), words[0], words[1], words[2], conclusion)
}

// conclude reports the outcome of the newest scan, by the user's patterns.
func (r *folderReader) setScanOutcome(o *scanOutcome, size int64) string {
	by := fmt.Sprintf("by the patterns of %s (confidence: %s)", r.scanLog.Origin, r.scanLog.Confidence)
	conflicts := ""
	if o.conflicts > 0 {
		conflicts = fmt.Sprintf(", and %d of its lines match patterns of both outcomes", o.conflicts)
	}
	switch {
	case size > maxScanLog:
		return by + " nothing is concluded, because its end was not read"
	case o.completed == nil:
		return by + " the outcome of the newest scan is unknown" + conflicts
	}
	r.report.ScanCompleted = o.completed
	if *o.completed {
		return by + " the newest scan completed" + conflicts
	}
	return by + " the newest scan did not complete" + conflicts
}

// maxScanLog is how much of the scan's log is looked through.
const maxScanLog = 64 << 20

func (r *folderReader) countWords(name string, outcome *scanOutcome) (counts [3]int, err error) {
	f, err := r.fs.Open(name)
	if err != nil {
		return counts, err
	}
	defer f.Close()
	in := decodeText(io.LimitReader(f, maxScanLog))
	for {
		line, err := in.ReadSlice('\n')
		lower := strings.ToLower(string(line))
		for i, word := range []string{"error", "fail", "complete"} {
			if strings.Contains(lower, word) {
				counts[i]++
			}
		}
		if outcome.patterns.Known() {
			outcome.readLine(strings.TrimRight(string(line), "\r\n"))
		}
		if err == io.EOF {
			return counts, nil
		}
		if err != nil && len(line) == 0 {
			return counts, err
		}
	}
}

// readClientPackages finds the packages with content in the client's software
// delivery: {guid}\cache since 7.1, {guid} before. Such content was downloaded
// (inferred: how an agent stores an unfinished download is not public). An empty
// folder means nothing.
func (r *folderReader) readClientPackages() {
	r.report.Delivery = r.found.hasClient
	r.report.Arrived = make(map[guid.GUID]time.Time)
	for g, folder := range r.found.software {
		if newest, ok := r.newestContent(r.content(folder)); ok {
			r.report.Arrived[g] = newest
		}
	}
}

// child finds an entry by its name in any case.
func (r *folderReader) child(folder, name string) (string, bool) {
	if p := path.Join(folder, name); r.exists(p) {
		return p, true
	}
	f, err := r.fs.Open(folder)
	if err != nil {
		return "", false
	}
	defer f.Close()
	dir, ok := f.(fs.ReadDirFile)
	if !ok {
		return "", false
	}
	entries, _ := dir.ReadDir(maxContent)
	for _, e := range entries {
		if strings.EqualFold(e.Name(), name) && readable(e.Type()) {
			return path.Join(folder, e.Name()), true
		}
	}
	return "", false
}

func (r *folderReader) exists(name string) bool {
	info, err := fs.Lstat(r.fs, name)
	return err == nil && readable(info.Mode())
}

// readable reports whether an entry is a file or a folder. Links are not followed,
// and opening a pipe would block.
func readable(mode fs.FileMode) bool { return mode.IsDir() || mode.IsRegular() }

// unfinished are endings of files that a download leaves behind while it runs.
var unfinished = []string{".tmp", ".part", ".partial", ".download"}

// maxContent is how many entries of a package's folder are looked at.
const maxContent = 5000

// newestContent returns when the newest file with content in a package's folder was
// written. Logs and snapshot.xml do not count: they are written when the content is
// used.
func (r *folderReader) newestContent(folder string) (newest time.Time, ok bool) {
	f, err := r.fs.Open(folder)
	if err != nil {
		r.notes.addIncomplete("%s: %v", folder, withoutPath(err))
		return newest, false
	}
	defer f.Close()
	dir, isDir := f.(fs.ReadDirFile)
	if !isDir {
		return newest, false
	}
	entries, err := dir.ReadDir(maxContent)
	if err != nil && err != io.EOF {
		r.notes.addIncomplete("%s: %v", folder, withoutPath(err))
	}
	for _, e := range entries {
		name := strings.ToLower(e.Name())
		ending := path.Ext(name)
		if slices.Contains(unfinished, ending) {
			r.notes.add("%s looks like a download that has not ended; its package is not counted as downloaded", path.Join(folder, e.Name()))
			return time.Time{}, false
		}
		if !e.Type().IsRegular() || logName.MatchString(name) || name == "snapshot.xml" || secret(name) {
			continue
		}
		info, err := e.Info()
		if err != nil || info.Size() == 0 {
			continue
		}
		ok = true
		if info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	return newest, ok
}

func readFile[T any](root fs.FS, name string, read func(io.Reader) (T, error)) (out T, err error) {
	f, err := root.Open(name)
	if err != nil {
		return out, err
	}
	defer f.Close()
	return read(f)
}
