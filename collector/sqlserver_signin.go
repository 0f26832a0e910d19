package collector

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strings"
)

// The ways to sign in, as the URL's parameter authenticator names them.
const (
	signInWindows  = "winsspi"
	signInNTLM     = "ntlm"
	signInKerberos = "krb5"
)

// checkSignIn refuses what would end in a login without a name.
func (t target) checkSignIn() error {
	authenticator, given := t.params["authenticator"]
	switch {
	case !given && (t.login != "" || runtime.GOOS == "windows"):
		return nil
	case !given:
		return errors.New(`the sqlserver:// URL names no login. Write sqlserver://USER@HOST for a SQL login; sqlserver://DOMAIN%5CUSER@HOST for a Windows account by NTLM; or add authenticator=krb5 for Kerberos`)
	case authenticator == signInKerberos, authenticator == signInWindows && runtime.GOOS == "windows":
		return nil
	case authenticator == signInWindows:
		return errors.New("authenticator=winsspi works on Windows only; elsewhere use ntlm or krb5")
	case authenticator == signInNTLM && strings.Contains(t.login, `\`):
		return nil
	case authenticator == signInNTLM:
		return errors.New(`authenticator=ntlm needs the account with its domain; write sqlserver://DOMAIN%5CUSER@HOST`)
	}
	return errors.New("the sqlserver:// URL's authenticator must be ntlm, krb5 or, on Windows, winsspi")
}

// password reads the password if the sign-in needs one.
func (t target) password(ctx context.Context, access Access) (string, error) {
	if t.login == "" || access.Password == nil {
		return "", nil
	}
	if t.params["authenticator"] == signInKerberos {
		_, keytab := t.params["krb5-keytabfile"]
		_, cache := t.params["krb5-credcachefile"]
		if keytab || cache || os.Getenv("KRB5CCNAME") != "" || os.Getenv("KRB5_KTNAME") != "" {
			return "", nil
		}
	}
	return access.Password(ctx, t.login)
}
