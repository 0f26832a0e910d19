package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/nscheck/nscheck/internal/guid"
)

// Bounds of what is looked at. A real agent's folders are far below them.
const (
	maxDepth   = 12
	maxEntries = 200_000
	maxLogs    = 200
	maxNotes   = 20
)

// Names of the agent's folders, in lower case. Both spellings of the status
// folder are public (KB178503).
const (
	deliveryFolder = "package delivery"
	softwareFolder = "software delivery"
	logFolder      = "logs"
	scanLogName    = "stpatchassessment.log"
)

var statusFolders = []string{"packagestatus", "package status"}

// logName is the name of a log, rotated or not: Agent.log, a.log, a.log.1, a1.log.
var logName = regexp.MustCompile(`(?i)\.log(\.\d+)?$`)

// never are parts of names that may indicate secrets. Nothing that is read has such a
// name; this is a second safeguard.
var never = []string{"aexswdpolicy", "client policies", "policy", ".sig", ".key", ".pfx"}

func secret(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(never, func(part string) bool { return strings.Contains(name, part) })
}

// found has the files and folders that a walk found.
type found struct {
	delivery  map[guid.GUID]string // package folders of the package server, by path
	status    map[guid.GUID]string
	software  map[guid.GUID]string // package folders of software delivery
	logs      []file
	scanLog   *file
	hasStatus bool // whether there is a PackageStatus folder at all
	hasServer bool // whether there is a Package Delivery folder
	hasClient bool // whether there is a Software Delivery folder
}

type file struct {
	path string
	size int64
	at   time.Time
}

// walker walks through a folder once.
type walker struct {
	fs      fs.FS
	ctx     context.Context
	entries int
	found   found
	notes   *notes
}

// notes are for readers of the report; incomplete is set if something in the folder
// was not read.
type notes struct {
	list       []string
	more       int
	incomplete bool
}

func (n *notes) add(format string, args ...any) {
	if len(n.list) == maxNotes {
		n.more++
		return
	}
	n.list = append(n.list, fmt.Sprintf(format, args...))
}

// missed notes that something could not be read.
func (n *notes) addIncomplete(format string, args ...any) {
	n.incomplete = true
	n.add(format, args...)
}

func (n *notes) texts() []string {
	if n.more > 0 {
		return append(n.list, fmt.Sprintf("and %d more notes", n.more))
	}
	return n.list
}

var errEnough = errors.New("enough")

// walk looks below a folder for those of the agent.
func walk(ctx context.Context, root fs.FS, n *notes) (*found, error) {
	w := &walker{fs: root, ctx: ctx, notes: n, found: found{
		delivery: map[guid.GUID]string{}, status: map[guid.GUID]string{}, software: map[guid.GUID]string{},
	}}
	err := w.walkFolder(".", 0)
	if errors.Is(err, errEnough) {
		n.addIncomplete("there are more than %d files and folders; the rest was not read", maxEntries)
		err = nil
	}
	slices.SortFunc(w.found.logs, func(a, b file) int { return strings.Compare(a.path, b.path) })
	if len(w.found.logs) > maxLogs {
		n.addIncomplete("there are %d logs; only %d of them were read", len(w.found.logs), maxLogs)
		w.found.logs = w.found.logs[:maxLogs]
	}
	return &w.found, err
}

// walkFolder reads one folder. The subfolders of a folder of packages are noted and
// not entered.
func (w *walker) walkFolder(name string, depth int) error {
	base := strings.ToLower(path.Base(name))
	packages := w.packagesOf(base)
	return w.list(name, func(e fs.DirEntry) error {
		at := path.Join(name, e.Name())
		switch {
		case e.Type()&fs.ModeSymlink != 0:
			w.notes.add("%s is a link and was not followed", at)
		case secret(e.Name()):
		case e.IsDir() && packages != nil:
			if g, err := guid.Parse(e.Name()); err == nil {
				w.noteTwice(packages, g, at)
				packages[g] = at
			}
		case e.IsDir() && depth == maxDepth:
			w.notes.addIncomplete("%s is nested too deeply and was not read", at)
		case e.IsDir():
			return w.walkFolder(at, depth+1)
		case e.Type().IsRegular():
			w.addFile(at, base, depth, e)
		}
		return nil
	})
}

// noteTwice notes a package with two folders, such as that of an older agent that was
// left behind.
func (w *walker) noteTwice(packages map[guid.GUID]string, g guid.GUID, at string) {
	if before, ok := packages[g]; ok {
		w.notes.add("package %s has two folders, %s and %s", g.String(), before, at)
	}
}

// packagesOf returns the packages in the subfolders of a folder.
func (w *walker) packagesOf(base string) map[guid.GUID]string {
	switch {
	case base == deliveryFolder:
		w.found.hasServer = true
		return w.found.delivery
	case base == softwareFolder:
		w.found.hasClient = true
		return w.found.software
	case slices.Contains(statusFolders, base):
		w.found.hasStatus = true
		return w.found.status
	}
	return nil
}

// file notes a log: in a folder of logs, or in the folder that was named.
func (w *walker) addFile(at, folder string, depth int, e fs.DirEntry) {
	name := strings.ToLower(e.Name())
	if !logName.MatchString(name) && name != scanLogName {
		return
	}
	info, err := e.Info()
	if err != nil {
		w.notes.addIncomplete("%s: %v", at, withoutPath(err))
		return
	}
	f := file{at, info.Size(), info.ModTime()}
	switch {
	case name == scanLogName:
		w.found.offerScanLog(f)
	case folder == logFolder || depth == 0:
		w.found.logs = append(w.found.logs, f)
	}
}

// offerScanLog keeps the newest log of the scan.
func (all *found) offerScanLog(f file) {
	if all.scanLog == nil || f.at.After(all.scanLog.at) {
		all.scanLog = &f
	}
}

// list calls visit for the entries of a folder in the order of their names, in
// portions, so that a huge folder uses bounded memory.
func (w *walker) list(name string, visit func(fs.DirEntry) error) error {
	if w.ctx.Err() != nil {
		return w.ctx.Err()
	}
	f, err := w.fs.Open(name)
	if err != nil {
		w.notes.addIncomplete("%s: %v", name, withoutPath(err))
		return nil
	}
	defer f.Close()
	dir, ok := f.(fs.ReadDirFile)
	if !ok {
		return nil
	}
	var entries []fs.DirEntry
	for {
		portion, err := dir.ReadDir(1000)
		entries = append(entries, portion...)
		w.entries += len(portion)
		if w.entries > maxEntries {
			return errEnough
		}
		if err != nil || len(portion) == 0 {
			if err != nil && !errors.Is(err, io.EOF) {
				w.notes.addIncomplete("%s: %v", name, withoutPath(err))
			}
			break
		}
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	for _, e := range entries {
		if err := visit(e); err != nil {
			return err
		}
	}
	return nil
}

// cause leaves out the path, which the message has already.
func withoutPath(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
