// Package collector gets a snapshot from a source, or from several. What goes
// in are their names, sqlserver://HOST/?database=NAME, csv:DIR, agent:DIR or
// demo:, and what comes out is a manifest, an estate and clients, handed to a
// sink in this order; snapshot.Writer is such a sink. The manifest says of every
// section how well it was got, and from which source where there are several.
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

// Sink takes the parts of a snapshot in their order.
type Sink = cmdb.Sink

// Options are the choices of whoever collects.
type Options = cmdb.Options

// Source is an opened source. It is read once or several times, and closed.
type Source interface {
	// Collect reads everything and writes it to the sink, which the caller
	// closes. It returns the manifest that it wrote. It fails where nothing can be had at all, where ctx ends, and
	// where sink or temporary files fail. A section that cannot be read is no
	// failure: the manifest says so, and the others go on.
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
	return nil, fmt.Errorf("open source %q: there is no kind of source %q; %s", Redact(name), redactWord(kind), kinds)
}

// kinds tells people how sources are written.
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
