package collector

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/nscheck/nscheck/collector/agent"
	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/snapshot"
)

// Access has the settings that a connection to a SQL Server needs in addition to its URL.
type Access struct {
	// Password returns the password of a login. It is only called if one is needed.
	Password func(ctx context.Context, login string) (string, error)
	// CAFile, if set, has the certificates, PEM or DER, of the only authorities that
	// are trusted to sign the server's certificate.
	CAFile string
	// AcceptUnverifiedCertificate skips verification of the server's certificate,
	// which is insecure.
	AcceptUnverifiedCertificate bool
	// AcceptUnencryptedConnection allows a URL to ask for no encryption.
	AcceptUnencryptedConnection bool
	// ScanLog are the patterns of the scan's log in agent folders; nil means the
	// shipped ones.
	ScanLog *agent.ScanLogPatterns
	// ToolVersion is sent to the server as part of the application's name.
	ToolVersion string
}

// sqlServer is a CMDB on SQL Server.
type sqlServer struct {
	db     *sql.DB
	target target
	notes  []string
}

func openSQLServer(ctx context.Context, name string, access Access) (Source, error) {
	t, err := parseTarget(name)
	if err != nil {
		return nil, fmt.Errorf("open source: %w", err)
	}
	config, notes, err := t.config(access)
	if err != nil {
		return nil, fmt.Errorf("open source: %w", err)
	}
	if config.Password, err = t.password(ctx, access); err != nil {
		return nil, fmt.Errorf("open source: %w", err)
	}
	db := sql.OpenDB(newConnector(t, config))
	db.SetMaxOpenConns(1) // a polite guest asks for one thing at a time
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close()
		return nil, err // says itself what was being done
	}
	return &sqlServer{db, t, notes}, nil
}

func (s *sqlServer) Collect(ctx context.Context, sink Sink, options Options) (*snapshot.Manifest, error) {
	return cmdb.Collect(ctx, s.database(), sink, options)
}

func (s *sqlServer) database() cmdb.Database {
	return cmdb.Database{
		DB: s.db,
		Origin: snapshot.Origin{
			Kind:     "sqlserver",
			Server:   s.target.server(),
			Database: s.target.database(),
			Notes:    s.notes,
		},
		SQLServer: true,
	}
}

func (s *sqlServer) Close() error { return s.db.Close() }
