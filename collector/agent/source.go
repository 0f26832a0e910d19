package agent

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/nscheck/nscheck/internal/guid"
)

// Source is an agent's folder.
type Source struct {
	dir      string
	computer string // what the user says whose folder it is
	guid     string
	// ScanLog are the patterns of the scan's log; nil means the shipped ones.
	ScanLog *ScanLogPatterns
}

// Open parses DIR, DIR?computer=NAME or DIR?guid=GUID.
func Open(source string) (*Source, error) {
	s := &Source{dir: source}
	if at := strings.LastIndexByte(source, '?'); at >= 0 {
		s.dir = source[:at]
		for pair := range strings.SplitSeq(source[at+1:], "&") {
			if err := s.set(pair); err != nil {
				return nil, err
			}
		}
	}
	if s.dir == "" {
		return nil, errors.New("it names no folder; write agent:DIR")
	}
	switch info, err := os.Stat(s.dir); {
	case err != nil:
		return nil, withoutPath(err)
	case !info.IsDir():
		return nil, errors.New("it is a file; name the folder of an agent")
	}
	return s, nil
}

func (s *Source) set(pair string) error {
	key, raw, _ := strings.Cut(pair, "=")
	value, err := url.PathUnescape(raw)
	if err != nil {
		return fmt.Errorf("the value of %s cannot be read; write it plainly, or %% and two hexadecimal digits for a character", key)
	}
	switch key {
	case "computer":
		s.computer = strings.TrimSpace(value)
	case "guid":
		g, err := guid.Parse(value)
		if err != nil {
			return fmt.Errorf("guid: %q is not a GUID", value)
		}
		s.guid = g.String()
	default:
		return fmt.Errorf("unknown setting %q; the settings are computer and guid", key)
	}
	return nil
}

// Name returns the source's name in the manifest.
func (s *Source) Name() string { return "agent:" + s.dir }

// Report has the content of the folder of one computer.
type Report struct {
	// Source is its name in the manifest.
	Source string
	// Computer and GUID identify the computer of the folder; one of them may be
	// empty.
	Computer, GUID string
	// Client and Server report whether it has the folders of a client and of a
	// package server.
	Client, Server bool
	// ScanLog is when the scan's log was last written; nil without a log.
	ScanLog *time.Time
	// ScanCompleted reports whether the newest scan in that log completed; nil if
	// that is not known.
	ScanCompleted *bool
	// Delivery reports whether the client's software delivery folder is there.
	Delivery bool
	// Arrived are the packages with content in the client's software delivery, with
	// the time of its newest file.
	Arrived map[guid.GUID]time.Time
	// Orphans are packages with a folder in Package Delivery and none in
	// PackageStatus; nil if unknown.
	Orphans []string
	// Errors are the errors in the logs; nil without a log.
	Errors []ErrorGroup
	// Notes about the folder. Incomplete is set if something could not be read.
	Notes      []string
	Incomplete bool
}

// ErrorGroup counts errors that name the same packages.
type ErrorGroup struct {
	// Packages that are named by their GUIDs.
	Packages []guid.GUID
	// Roles of required packages that are named by their names.
	Roles []string
	// Count of errors, and the time of the newest; nil if no date can be read.
	Count  int
	Newest *time.Time
}
