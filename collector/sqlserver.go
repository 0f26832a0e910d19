package collector

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
	"github.com/microsoft/go-mssqldb/msdsn"

	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/snapshot"
)

// PasswordVariable names the environment variable that holds the password of
// the login named in a sqlserver:// URL. A password never stands in the URL:
// command lines are seen by others.
const PasswordVariable = "NSCHECK_PASSWORD"

// defaultDatabase is the CMDB's name where nobody gave it another.
const defaultDatabase = "Symantec_CMDB"

// sqlServer is a CMDB on SQL Server.
type sqlServer struct {
	db     *sql.DB
	origin snapshot.Origin
}

func openSQLServer(ctx context.Context, name string) (Source, error) {
	config, err := connectionConfig(name, os.Getenv)
	if err != nil {
		return nil, fmt.Errorf("open source: %w", err)
	}
	db := sql.OpenDB(mssql.NewConnectorConfig(config))
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("connect to %s, database %s: %w", config.Host, config.Database, err)
	}
	return &sqlServer{db, snapshot.Origin{
		Kind:      "sqlserver",
		Server:    config.Host,
		Database:  config.Database,
		Isolation: "read committed", // SQL Server's default; nothing else is set
	}}, nil
}

// connectionConfig reads a sqlserver:// URL. Errors never hold the URL: it may
// have a password in it.
func connectionConfig(name string, getenv func(string) string) (msdsn.Config, error) {
	address, err := url.Parse(name)
	if err != nil {
		var detail *url.Error
		if errors.As(err, &detail) {
			err = detail.Err
		}
		return msdsn.Config{}, fmt.Errorf("the sqlserver:// URL cannot be read: %w; write sqlserver://USER@HOST/?database=NAME", withoutText(err))
	}
	if address.Host == "" {
		return msdsn.Config{}, errors.New("the sqlserver:// URL names no host; write sqlserver://USER@HOST/?database=NAME")
	}
	query, err := url.ParseQuery(address.RawQuery)
	if err != nil {
		return msdsn.Config{}, errors.New("the part of the sqlserver:// URL after ? cannot be read; write it as key=value, joined by &")
	}
	if _, has := address.User.Password(); has || hasPassword(query) {
		return msdsn.Config{}, fmt.Errorf("the sqlserver:// URL holds a password, which others can see on a command line; leave it out and put the password into the environment variable %s", PasswordVariable)
	}
	setDefault(query, "database", defaultDatabase)
	setDefault(query, "encrypt", "true")
	setDefault(query, "TrustServerCertificate", "false")
	setDefault(query, "app name", "nscheck")
	setDefault(query, "ApplicationIntent", "ReadOnly")
	address.RawQuery = query.Encode()
	config, err := msdsn.Parse(address.String())
	if err != nil {
		return msdsn.Config{}, fmt.Errorf("the sqlserver:// URL cannot be used: %w", err)
	}
	if config.User != "" {
		config.Password = getenv(PasswordVariable)
		if config.Password == "" {
			return msdsn.Config{}, fmt.Errorf("there is no password for the login %s; put it into the environment variable %s", config.User, PasswordVariable)
		}
	}
	return config, nil
}

// withoutText keeps the reason of a URL's error and drops the text that it
// quotes, of which a password may be part.
func withoutText(err error) error {
	reason, _, _ := strings.Cut(err.Error(), "\"")
	return errors.New(strings.TrimSpace(reason))
}

// hasPassword says whether one of the URL's parameters is a password, under any
// of the names that drivers take.
func hasPassword(query url.Values) bool {
	for key := range query {
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "password", "pwd":
			return true
		}
	}
	return false
}

// setDefault sets a parameter that the URL does not have in any spelling.
func setDefault(query url.Values, key, value string) {
	for given := range query {
		if strings.EqualFold(given, key) {
			return
		}
	}
	query.Set(key, value)
}

// Collect asks the server for its clock and its offset from UTC first: a CMDB's
// times are the server's local time.
func (s *sqlServer) Collect(ctx context.Context, sink Sink, options Options) (*snapshot.Manifest, error) {
	var now time.Time
	if err := s.db.QueryRowContext(ctx, "SELECT SYSDATETIMEOFFSET()").Scan(&now); err != nil {
		return nil, fmt.Errorf("ask %s for its time: %w", s.origin.Server, err)
	}
	_, offset := now.Zone()
	return cmdb.Collect(ctx, cmdb.Database{
		DB:        s.db,
		Origin:    s.origin,
		Now:       now,
		UTCOffset: time.Duration(offset) * time.Second,
	}, sink, options)
}

func (s *sqlServer) Close() error { return s.db.Close() }
