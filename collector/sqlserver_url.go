package collector

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/microsoft/go-mssqldb/msdsn"
)

// DefaultDatabase is the default name of a CMDB.
const DefaultDatabase = "Symantec_CMDB"

// target is a parsed sqlserver:// URL, without the password.
type target struct {
	host, port, instance, login string
	params                      map[string]string // by name in lower case
}

// parameters are those that a URL may have. Others are refused: the driver would
// ignore a misspelt one, and some of its own have no place here.
var parameters = []string{
	"applicationintent", "authenticator", "certificate", "database", "dial timeout", "encrypt", "epa enabled",
	"failoverpartner", "failoverpartnerspn", "failoverport", "hostnameincertificate", "keepalive",
	"krb5-configfile", "krb5-credcachefile", "krb5-dnslookupkdc", "krb5-keytabfile", "krb5-realm", "krb5-udppreferencelimit",
	"packet size", "serverspn", "tlsmin", "trustservercertificate", "workstation id",
}

// misplaced are common names of parameters that belong elsewhere.
var misplaced = map[string]string{
	"password":        "a password, which others can see on a command line; leave it out: nscheck reads it from the environment variable NSCHECK_PASSWORD, from --password-file, or from the terminal",
	"user id":         "the login; write it before the host: sqlserver://USER@HOST",
	"server":          "the host; write it after the login: sqlserver://USER@HOST",
	"app name":        "an application name; it is always nscheck/VERSION, so that the database administrator can identify it",
	"change password": "a new password; nscheck changes nothing on a server",
}

var synonyms = map[string]string{"pwd": "password", "uid": "user id", "user": "user id", "application name": "app name"}

const howURL = "write sqlserver://USER@HOST/INSTANCE?database=NAME"

// parseTarget reads a sqlserver:// URL. Its errors never contain the URL, which may
// have a password in it.
func parseTarget(name string) (target, error) {
	var t target
	address, err := url.Parse(name)
	if host := authority(name); strings.Contains(host, ",") {
		return t, fmt.Errorf("the sqlserver:// URL has a comma in its host, as other connection strings have before a port; write the port after a colon: sqlserver://USER@HOST:1433?database=NAME")
	}
	if err != nil {
		var detail *url.Error
		if errors.As(err, &detail) {
			err = detail.Err
		}
		return t, fmt.Errorf("the sqlserver:// URL cannot be read: %w; %s", withoutText(err), howURL)
	}
	if address.Hostname() == "" {
		return t, fmt.Errorf("the sqlserver:// URL names no host; %s", howURL)
	}
	query, err := url.ParseQuery(address.RawQuery)
	if err != nil {
		return t, errors.New("the part of the sqlserver:// URL after ? cannot be read; write it as key=value, joined by &")
	}
	if _, has := address.User.Password(); has {
		return t, fmt.Errorf("the sqlserver:// URL contains %s", misplaced["password"])
	}
	t = target{
		host: address.Hostname(), port: address.Port(), login: address.User.Username(),
		instance: strings.Trim(address.Path, "/"), params: make(map[string]string),
	}
	if t.holdsSettings() {
		return t, errors.New("the sqlserver:// URL has settings as another form of connection string has them, with ; and =, in its host, instance or login; " + howURL + ", and a password nowhere in it")
	}
	for _, key := range slices.Sorted(maps.Keys(query)) {
		if err := t.add(key, query[key]); err != nil {
			return t, err
		}
	}
	return t, nil
}

// authority returns the text between // and the path, without the login.
func authority(name string) string {
	_, rest, _ := strings.Cut(name, "//")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return rest[strings.LastIndexByte(rest, '@')+1:]
}

// holdsSettings reports whether a setting such as ;password=SECRET is in the place of
// a name, which messages and the manifest show.
func (t *target) holdsSettings() bool {
	return strings.ContainsAny(t.host+t.instance, ";=") || strings.Contains(t.login, ";") && strings.Contains(t.login, "=")
}

func (t *target) add(key string, values []string) error {
	name := strings.ToLower(strings.TrimSpace(key))
	if other, ok := synonyms[name]; ok {
		name = other
	}
	if what, ok := misplaced[name]; ok {
		return fmt.Errorf("the sqlserver:// URL contains %s", what)
	}
	if !slices.Contains(parameters, name) {
		return fmt.Errorf("the sqlserver:// URL has a parameter that is not known here; known are %s", strings.Join(parameters, ", "))
	}
	if _, twice := t.params[name]; twice || len(values) > 1 {
		return fmt.Errorf("the sqlserver:// URL has %s twice", name)
	}
	t.params[name] = values[0]
	return nil
}

// withoutText returns the reason of a URL's error without the text that it quotes,
// which may contain a password.
func withoutText(err error) error {
	reason, _, _ := strings.Cut(err.Error(), "\"")
	return errors.New(strings.TrimSpace(reason))
}

func (t target) database() string {
	if name := t.params["database"]; name != "" {
		return name
	}
	return DefaultDatabase
}

// server is the server's name as its administrator writes it.
func (t target) server() string {
	switch {
	case t.instance != "" && t.port == "":
		return t.host + `\` + t.instance
	case t.port != "":
		return net.JoinHostPort(t.host, t.port)
	}
	return t.host
}

// config is the driver's configuration but for the password, and what has to be
// noted about it.
func (t target) config(access Access) (msdsn.Config, []string, error) {
	var notes []string
	if err := t.checkSignIn(); err != nil {
		return msdsn.Config{}, nil, err
	}
	params := maps.Clone(t.params)
	caFile := params["certificate"]
	delete(params, "certificate") // read here, in any form
	if access.CAFile != "" {
		caFile = access.CAFile
	}
	note, err := checkEncryption(params, access, caFile)
	if err != nil {
		return msdsn.Config{}, nil, err
	}
	if note != "" {
		notes = append(notes, note)
	}
	config, err := t.parse(params, access)
	if err != nil {
		return msdsn.Config{}, nil, err
	}
	if caFile != "" && config.TLSConfig != nil {
		if config.TLSConfig.RootCAs, err = readAuthorities(caFile); err != nil {
			return msdsn.Config{}, nil, err
		}
	}
	if config.TLSConfig != nil && config.TLSConfig.InsecureSkipVerify && !access.AcceptUnverifiedCertificate {
		return msdsn.Config{}, nil, errors.New("the server's certificate would not be verified; nscheck does that only with --accept-unverified-certificate")
	}
	return config, notes, nil
}

// parse hands the parameters to the driver, with what nscheck sets.
func (t target) parse(params map[string]string, access Access) (msdsn.Config, error) {
	query := url.Values{}
	for key, value := range params {
		query.Set(key, value)
	}
	query.Set("database", t.database())
	query.Set("app name", "nscheck/"+access.ToolVersion)
	setDefault(query, "encrypt", "true")
	setDefault(query, "applicationintent", "ReadOnly")
	address := url.URL{Scheme: "sqlserver", Host: t.host, RawQuery: query.Encode()}
	if strings.Contains(t.host, ":") {
		address.Host = "[" + t.host + "]"
	}
	if t.port != "" {
		address.Host = net.JoinHostPort(t.host, t.port)
	}
	if t.login != "" {
		address.User = url.User(t.login)
	}
	if t.instance != "" {
		address.Path = "/" + t.instance
	}
	config, err := msdsn.Parse(address.String())
	if err != nil {
		return config, fmt.Errorf("the sqlserver:// URL cannot be used: %w", err)
	}
	if strings.Contains(t.host, ":") {
		// The driver treats the brackets of an IPv6 address as part of it if there is
		// no port.
		config.Host = t.host
		if config.TLSConfig != nil && !config.HostInCertificateProvided {
			config.TLSConfig.ServerName = t.host
		}
	}
	if config.ServerSPN == "" {
		config.ServerSPN = t.spn()
	}
	return config, nil
}

func setDefault(query url.Values, key, value string) {
	if query.Get(key) == "" {
		query.Set(key, value)
	}
}

// spn returns the server's name for Windows sign-in.
func (t target) spn() string {
	where := t.instance
	if where == "" {
		where = t.port
	}
	if where == "" {
		where = "1433"
	}
	return "MSSQLSvc/" + t.host + ":" + where
}
