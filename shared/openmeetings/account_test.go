package openmeetings_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"gavel/local/standin"
	"gavel/shared/httpclient"
	"gavel/shared/openmeetings"
	"gavel/shared/secrets"
)

// account makes a Client of a secret, which has nobody to talk to, and gives what a command comes to.
func account(t *testing.T, content string) error {
	t.Helper()
	store := standin.NewVault("openmeetings")
	store.PutText(content)
	now := func() time.Time { return start }
	transport := inline(func(*http.Request) *http.Response { return recorded(http.StatusServiceUnavailable, nil) })
	client := openmeetings.New(openmeetings.Options{
		Secrets: store, Now: now,
		HTTP: httpclient.New(httpclient.Options{Provider: openmeetings.Provider, Budget: time.Second, Transport: transport, Now: now}),
	})
	_, err := client.CreateGroup(t.Context(), "a")
	return err
}

func TestAccount_SaysWhatIsWrongWithTheSecret(t *testing.T) {
	t.Parallel()
	const (
		shape  = `expected a JSON object such as {"baseUrl": "https://…/openmeetings", "user": "…", "password": "…"} with strings in it`
		rest   = `","user":"hush-user","password":"hush-word"}`
		notURL = "baseUrl is not an http or https URL"
		extra  = "baseUrl must be a URL without user, query and fragment"
	)
	for content, want := range map[string]string{
		`hush`:          shape,
		`"hush"`:        shape,
		`["hush"]`:      shape,
		`{"user":"hush`: shape,
		`{"baseUrl":"https://h","user":"hush","password":5}`:   shape,
		`{"baseUrl":["https://h"],"user":"a","password":"b"}`:  shape,
		`{"baseUrl":"https://h","user":"a","password":"b"} {}`: shape,
		`null`: "baseUrl is missing",
		`{}`:   "baseUrl is missing",
		`{"baseUrl":" / ","user":"hush-user","password":"hush-word"}`: "baseUrl is missing",
		`{"user":"hush-user","password":"hush-word"}`:                 "baseUrl is missing",
		`{"baseUrl":"https://h","password":"hush-word"}`:              "user is missing",
		`{"baseUrl":"https://h","user":" \t","password":"hush-word"}`: "user is missing",
		`{"baseUrl":"https://h","user":"hush-user"}`:                  "password is missing",
		`{"baseUrl":"https://h","user":"hush-user","password":""}`:    "password is missing",
		`{"baseUrl":"https://h/openmeetings/services` + rest:          "baseUrl must be that of the web application, as users open it, without /services",
		`{"baseUrl":"https://h/openmeetings/services/` + rest:         "baseUrl must be that of the web application, as users open it, without /services",
		`{"baseUrl":"http://hush.example.org/openmeetings` + rest:     "baseUrl must be https, unless it is a private address",
		`{"baseUrl":"http://8.8.8.8:5080/openmeetings` + rest:         "baseUrl must be https, unless it is a private address",
		`{"baseUrl":"https://hush-user:hush-word@h` + rest:            extra,
		`{"baseUrl":"https://hush@h` + rest:                           extra,
		`{"baseUrl":"https://h/?hush=1` + rest:                        extra,
		`{"baseUrl":"https://h/#hush` + rest:                          extra,
		`{"baseUrl":"hush.example.org/openmeetings` + rest:            notURL,
		`{"baseUrl":"ftp://hush.example.org` + rest:                   notURL,
		`{"baseUrl":"https://` + rest:                                 notURL,
		`{"baseUrl":"https://hush:port` + rest:                        notURL,
	} {
		err := account(t, content)
		var failure *secrets.Error
		if !errors.As(err, &failure) || failure.Reason != want || failure.Name != secretOf {
			t.Errorf("%s: got %v, want %s", content, err, want)
			continue
		}
		if strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: got %v, want nothing of the content", content, err)
		}
	}
}

func TestAccount_TakesWhatPeopleWrite(t *testing.T) {
	t.Parallel()
	for _, content := range []string{
		`{"baseUrl":"https://meet.example.org:5443/openmeetings","user":"a","password":"b"}`,
		`{"baseUrl":"https://meet.example.org:5443/openmeetings/","user":"a","password":"b"}`,
		`{"baseUrl":" https://meet.example.org ","user":"ada@example.org","password":" "}`,
		`{"baseUrl":"http://127.0.0.1:5080/openmeetings","user":"a","password":"b","note":"x","rights":["SOAP"]}`,
		`{"baseUrl":"http://openmeetings:5080/openmeetings","user":"a","password":"b"}`,
		`{"baseUrl":"https://meet.example.org/myservices","user":"a","password":"b"}`,
	} {
		if failure := upstreamError(t, account(t, content)); failure.Kind != httpclient.Busy {
			t.Errorf("%s: got %v, want the server to be asked", content, failure)
		}
	}
}

// Nobody knows what a space at an end of a password is there for.
func TestAccount_LeavesThePasswordAsItIs(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.upstream.set(func(u *upstream) { u.password = " a b\t" })
	putAccount(f.vault, f.upstream.url+basePath, user, " a b\t")
	if err := f.count(t.Context()); err != nil {
		t.Error(err)
	}
}
