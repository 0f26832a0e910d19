// Package collector reads a snapshot from one or several sources. They are named
// sqlserver://HOST/?database=NAME, csv:DIR, agent:DIR or demo:. A manifest, an estate
// and clients are written to a sink, in this order; snapshot.Writer is such a sink.
// The manifest has the status of every section, and its source if there are several.
package collector

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/snapshot"
)

// Demo is the source that reads the built-in estate.
const Demo = "demo:"

// Sink receives the parts of a snapshot in order.
type Sink = cmdb.Sink

// Options of a collection.
type Options = cmdb.Options

// Source is an opened source. It can be read several times, and must be closed.
type Source interface {
	// Collect reads everything and writes it to the sink, which the caller closes. It
	// returns the manifest that it wrote. It fails if nothing can be read at all, if
	// ctx ends, or if the sink or temporary files fail. A section that cannot be read
	// is not a failure: the manifest records it, and the others continue.
	Collect(ctx context.Context, sink Sink, options Options) (*snapshot.Manifest, error)
	// Close ends the connection.
	Close() error
}

// Open connects to a source. Access is for those that need it.
func Open(ctx context.Context, name string, access Access) (Source, error) {
	kind, rest, ok := strings.Cut(name, ":")
	switch {
	case !ok:
		return nil, fmt.Errorf("open source %q: %s", Redact(name), kinds)
	case strings.EqualFold(kind, "sqlserver"):
		return openSQLServer(ctx, name, access)
	case strings.EqualFold(kind, "csv"):
		return openCSV(rest, name)
	case strings.EqualFold(kind, "demo"):
		return openDemo(ctx, rest)
	}
	return nil, fmt.Errorf("open source %q: unknown kind of source %q; %s", Redact(name), redactWord(kind), kinds)
}

// kinds explains how sources are written.
const kinds = "a source is sqlserver://USER@HOST/?database=NAME, csv:DIR, agent:DIR, or demo: for the built-in estate"

// Collect reads a source into a sink, which the caller closes, and returns the
// manifest that it wrote.
func Collect(ctx context.Context, source Source, sink Sink, options Options) (*snapshot.Manifest, error) {
	return source.Collect(ctx, sink, options)
}

// Redact writes a source's name so that it can be shown: without anything that
// may be a password.
func Redact(name string) string {
	kind, rest, ok := strings.Cut(name, ":")
	kind = redactWord(kind)
	switch {
	case name == Demo+renamedDemo:
		return name
	case !ok:
		return kind
	case rest == "":
		return kind + ":"
	}
	if strings.EqualFold(kind, "csv") || strings.EqualFold(kind, "agent") {
		folder, _, _ := strings.Cut(rest, "?")
		return strings.ToLower(kind) + ":" + folder
	}
	address, err := url.Parse(name)
	if err != nil || address.Host == "" {
		return kind + ":…"
	}
	shown := url.URL{Scheme: address.Scheme, Host: address.Host, Path: address.Path}
	if user := address.User.Username(); user != "" {
		shown.User = url.User(user)
	}
	return shown.String()
}

// redactWord keeps a word and drops what may be a connection string of another
// form, such as server=HOST;password=SECRET, or LOGIN:PASSWORD@HOST.
func redactWord(text string) string {
	if strings.ContainsAny(text, "=;@") {
		return "…"
	}
	return text
}
