package main

import (
	"context"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/local/moto"
	"gavel/local/secretstore"
	"gavel/local/testkey"
	"gavel/shared/auth"
	"gavel/shared/jaas"
	"gavel/shared/secrets"
)

func TestRun_SaysWhatItTakes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.does(nil, "jaas <AppID>", "openmeetings", "-aws")
	d.does([]string{"jitsi", "-h"}, "-system-key", "-callback-tokens")
	d.refuses([]string{hush}, "the kind of secret")
	d.refuses([]string{"jaas"}, "give the AppID")
	d.refuses([]string{"jaas", hush}, "expected an AppID")
	d.refuses([]string{"jaas", appID, "-" + hush, "x"}, "a flag that this kind of secret does not have")
	d.refuses([]string{"jaas", appID, "-key-id", "a", hush}, "a word behind the flags")
	d.refuses([]string{"jaas", appID}, "nothing to write")
	for _, kind := range []string{"jitsi", "openmeetings", "veeting", "api-keys"} {
		d.refuses([]string{kind, hush}, "no word belongs behind")
	}
	d.env["GAVEL_SECRETS_FILE"] = ""
	d.refuses([]string{"jaas", appID, "-key-id", "a"}, "-file secrets.json, or -aws")
	d.refuses([]string{"jaas", appID, "-aws"}, "no AWS here")
	d.refuses([]string{"jaas", appID, "-aws", "-file", d.path("secrets.json")}, "two places")
	d.refuses([]string{"jaas", appID, "-aws", "-prefix", ""}, "-prefix is empty")
	for _, prefix := range []string{"a prefix", "team//gavel", "/", "gavel*", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:gavel"} {
		d.refuses([]string{"jaas", appID, "-aws", "-prefix", prefix}, "-prefix is not the beginning of a secret's name")
	}
}

func TestJaaS_IsWrittenAsTheFunctionsReadIt(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	key, public := d.key("one")
	d.env["WEBHOOK"] = "whsec_0123" + hush
	d.does([]string{"jaas", appID, "-key-id", "4f4910", "-key", key, "-public", public, "-webhook-secret", "env:WEBHOOK"},
		"is written to", "set: keyId, privateKey, webhookSecret", "key id "+appID+"/4f4910", "SHA-256 ", "by their signature", "Next: the JaaS console",
		"openssl pkey -in "+key+" -pubout")
	raw, err := secrets.NewFile(d.path("secrets.json"), "gavel").Read(t.Context(), jaas.SecretName(appID))
	if err != nil {
		t.Fatal(err)
	}
	if secret, err := jaas.ParseSecret(appID, raw); err != nil || !secret.HasWebhook() {
		t.Errorf("got %v, want a secret with a webhook", err)
	}
	d.does([]string{"jaas", appID, "-key-id", "4f4910", "-key", key}, "has this content already", "kept: webhookSecret")
	if info, err := os.Stat(d.path("secrets.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v and %v, want mode 0600", info, err)
	}
}

func TestJaaS_SaysWhatIsNextForAKey(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.env["KEY"] = testkey.PEM(t)
	if printed, err := d.run("jaas", appID, "-key-id", "a", "-key", "env:KEY"); err != nil || !strings.Contains(printed, "Next: the JaaS console") ||
		strings.Contains(printed, "openssl") {
		t.Errorf("of a key that is in no file: got %v and\n%s\nwant no command for a file", err, printed)
	}
	d.env["WEBHOOK"] = "whsec_0123" + hush
	if printed, err := d.run("jaas", appID, "-webhook-secret", "env:WEBHOOK"); err != nil || strings.Contains(printed, "Next:") {
		t.Errorf("without a key: got %v and\n%s\nwant nothing to be done for one", err, printed)
	}
}

func TestJaaS_RotationKeepsTheRest(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	one, _ := d.key("one")
	two, _ := d.key("two")
	d.stdin = "whsec_0123" + hush + "\n"
	d.does([]string{"jaas", appID, "-key-id", "one", "-key", one, "-webhook-secret", "-"})
	d.refuses([]string{"jaas", appID, "-key", two}, "under the same key id", "-force")
	d.does([]string{"jaas", appID, "-key", two, "-key-id", "two"}, "kept: webhookSecret")
	if got := d.holds("jaas/" + appID)["webhookSecret"]; got != "whsec_0123"+hush {
		t.Errorf("got %v, want the webhook's secret as it was", got)
	}
	d.does([]string{"jaas", appID, "-key", one, "-force"}, "is written")
	d.does([]string{"jaas", appID, "-unset", "webhookSecret", "-check"}, "Nothing is written, as -check asks")
	if d.holds("jaas/" + appID)["webhookSecret"] == nil {
		t.Error("got the field taken out by -check")
	}
	d.does([]string{"jaas", appID, "-unset", "webhookSecret"}, "events are refused")
	if got := d.holds("jaas/" + appID)["webhookSecret"]; got != nil {
		t.Errorf("got %v, want the field taken out", got)
	}
}

// TestOverlap_GoesOnTakingWhatThereWas until the new one is written alone.
func TestOverlap_GoesOnTakingWhatThereWas(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	key, _ := d.key("one")
	first, second := "whsec_first-"+hush, "whsec_second-"+hush
	d.does([]string{"jaas", appID, "-key-id", "one", "-key", key, "-webhook-secret", d.file("first", first), "-webhook-authorization", d.file("header", "Basic "+hush)})
	for range 2 { // and again, which changes nothing
		d.does([]string{"jaas", appID, "-webhook-secret", d.file("second", second), "-overlap"}, "kept: keyId, privateKey, webhookAuthorization", "without -overlap")
		got, _ := d.holds("jaas/" + appID)["webhookSecret"].([]any)
		if len(got) != 2 || got[0] != second || got[1] != first {
			t.Errorf("got %d secrets, want the new one and the old one behind it", len(got))
		}
	}
	if printed, err := d.run("jaas", appID, "-webhook-secret", d.path("second")); err != nil || strings.Contains(printed, "overlap") {
		t.Errorf("got %v and\n%s\nwant the change at its end", err, printed)
	}
	if got := d.holds("jaas/" + appID)["webhookSecret"]; got != second {
		t.Error("got another secret than the new one, or more than it")
	}
	d.does([]string{"jaas", appID, "-webhook-authorization", d.file("header2", "Bearer "+hush), "-overlap"})
	if got, _ := d.holds("jaas/" + appID)["webhookAuthorization"].([]any); len(got) != 2 || got[0] != "Bearer "+hush {
		t.Errorf("got %d headers, want two, the blank in them kept", len(got))
	}
	d.does([]string{
		"jitsi", "-base-url", "https://meet.example.org", "-issuer", "gavel", "-shared-secret", d.file("shared", hush),
		"-callback-tokens", d.file("token", "first-"+hush+"-012345"),
	})
	d.does([]string{"jitsi", "-callback-tokens", d.file("token2", "second-"+hush+"-012345\n"), "-overlap"}, "without -overlap")
	if got, _ := d.holds("jitsi")["callbackTokens"].([]any); len(got) != 2 || got[0] != "second-"+hush+"-012345" {
		t.Errorf("got %d tokens, want two, the new one first", len(got))
	}
	d.does([]string{"veeting", "-base-url", "https://v.example.org", "-level", "instance", "-api-key", d.path("shared"), "-hook", "onMeetingClosed=" + d.path("first")})
	d.does([]string{"veeting", "-hook", "onMeetingClosed=" + d.path("second"), "-hook", "onMeetingDeleted=" + d.path("second"), "-overlap"}, "without -overlap")
	hooks, _ := d.holds("veeting")["webhookKeys"].(map[string]any)
	if got, _ := hooks["onMeetingClosed"].([]any); len(got) != 2 || got[0] != second || hooks["onMeetingDeleted"] != second {
		t.Errorf("got %d keys, want two of the one hook, the new one first, and one of the other", len(got))
	}
}

// TestOverlap_OfJitsisLoginKey has the public half of the old one served, and holds nothing private of it.
func TestOverlap_OfJitsisLoginKey(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	keys := map[string]string{}
	for _, name := range []string{"one", "two", "three"} {
		keys[name], _ = d.key(name)
	}
	d.does([]string{"jitsi", "-base-url", "https://meet.example.org", "-issuer", "gavel", "-key-id", "one", "-key", keys["one"], "-overlap"})
	if d.holds("jitsi")["formerKeys"] != nil {
		t.Error("got former keys of a new secret")
	}
	for range 2 { // and again, which changes nothing
		d.does([]string{"jitsi", "-key-id", "two", "-key", keys["two"], "-overlap"}, "-unset formerKeys")
	}
	d.does([]string{"jitsi", "-key-id", "three", "-key", keys["three"], "-overlap"}, "key id three")
	former, _ := d.holds("jitsi")["formerKeys"].([]any)
	text := fmt.Sprint(former...)
	if len(former) != 2 || former[0].(map[string]any)["keyId"] != "two" || former[1].(map[string]any)["keyId"] != "one" || strings.Contains(text, "PRIVATE") {
		t.Errorf("got %d former keys, want two, the newest first, and their public halves alone", len(former))
	}
	d.refuses([]string{
		"jitsi", "-system-base-url", "https://prosody.example.org", "-system-key-id", "s", "-system-key", keys["one"],
	}, "formerKeys[1] is the other half of system.privateKey")
	d.does([]string{"jitsi", "-unset", "formerKeys"})
	if d.holds("jitsi")["formerKeys"] != nil {
		t.Error("got the former keys still")
	}
}

func TestOverlap_RefusesWhatIsNone(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	key, _ := d.key("one")
	one := d.file("one", "whsec_first-"+hush)
	args := []string{"jaas", appID, "-key-id", "one", "-key", key, "-webhook-secret"}
	d.refuses([]string{"jaas", appID, "-key-id", "one", "-key", key, "-overlap"}, "names nothing of it")
	d.refuses([]string{"jitsi", "-overlap"}, "names nothing of it")
	d.refuses([]string{"veeting", "-overlap"}, "names nothing of it")
	d.refuses(append(args, d.file("blank", "\n \n")), "is empty")
	d.refuses(append(args, d.file("twice", "whsec_first-"+hush+"\nwhsec_first-"+hush)), "webhookSecret: one of them is there twice")
	d.refuses(append(args, d.file("bare", hush)), "webhookSecret: ", "whsec_ and what follows")
	many := ""
	for i := range 6 {
		many += fmt.Sprintf("whsec_%d-0123-%s\n", i, hush)
	}
	d.refuses(append(args, d.file("many", many)), "more than 5")
	d.does(append(args, one))
	d.file("secrets.json", `{"jaas/`+appID+`": {"webhookSecret": {"`+hush+`": 1}}, "veeting": {"webhookKeys": 7}}`)
	d.refuses(append(args, one, "-overlap"), "webhookSecret as it is cannot be read")
	d.refuses([]string{"veeting", "-hook", "onMeetingClosed=" + one, "-overlap"}, "webhookKeys as it is cannot be read")
	d.does(append(args, one), "is written")
}

func TestJaaS_RefusesBadKeysAndFields(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	key, public := d.key("one")
	_, other := d.key("two")
	with := func(args ...string) []string { return append([]string{"jaas", appID, "-key-id", "a"}, args...) }
	for _, c := range []struct {
		args []string
		want string
	}{
		{with("-key", public), "give the private half"},
		{with("-key", "-----BEGIN PRIVATE KEY-----"+hush), "never the value itself"},
		{with("-key", hush), "there is no such file"},
		{with("-key", d.dir), "that is a folder"},
		{with("-key", d.file("empty", "")), "is empty"},
		{with("-key", "env:NOT_SET"), "not set, or empty"},
		{with("-key", key, "-public", other), "not the other half"},
		{with("-key", key, "-public", key), "this is a private key"},
		{with("-key", key, "-webhook-secret", d.file("wh", hush)), "whsec_"},
		{[]string{"jaas", appID, "-key", key, "-key-id", strings.Replace(appID, "0", "1", 1) + "/a"}, "another AppID"},
		{[]string{"jaas", appID, "-key", key}, "keyId is missing"},
		{with("-public", public), "privateKey"},
		{with("-key", "-", "-webhook-secret", "-"), "read for another flag"},
	} {
		d.stdin = "x"
		if slices.Contains(c.args, "-webhook-secret") && slices.Contains(c.args, "-") {
			text, _ := os.ReadFile(key)
			d.stdin = string(text)
		}
		d.refuses(c.args, c.want)
	}
	if _, err := os.Stat(d.path("secrets.json")); err == nil {
		t.Error("got a file, want none")
	}
}

func TestJitsi_OfTwoKeys(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	login, loginPublic := d.key("login")
	system, systemPublic := d.key("system")
	args := []string{
		"jitsi", "-base-url", "https://meet.example.org", "-issuer", "gavel", "-key-id", "l1", "-key", login, "-public", loginPublic,
		"-system-base-url", "https://prosody.example.org", "-system-key-id", "s1", "-system-key", system, "-system-public", systemPublic,
		"-callback-tokens", d.file("tokens", hush+"-0123456789\n"+hush+"-9876543210\n"),
	}
	d.does(args, "served at /jitsi/keys/login/", "served at /jitsi/keys/system/", "system.privateKey")
	if got, ok := d.holds("jitsi")["callbackTokens"].([]any); !ok || len(got) != 2 {
		t.Errorf("got %v, want two tokens", got)
	}
	d.refuses([]string{"jitsi", "-system-key", login, "-system-key-id", "s2"}, "every one of them could end meetings")
	d.refuses([]string{"jitsi", "-system-public", loginPublic}, "not the other half")
	other, _ := d.key("other")
	d.refuses([]string{"jitsi", "-system-key", other}, "under the same key id")
	d.refuses([]string{"jitsi", "-base-url", "http://meet.example.org"}, "must be https")
	d.does([]string{"jitsi", "-system-key", other, "-system-key-id", "s2"}, "kept: ", "key id s2")
	if got := d.holds("jitsi")["system"].(map[string]any)["baseUrl"]; got != "https://prosody.example.org" {
		t.Errorf("got %v, want what else is in system as it was", got)
	}
	d.refuses([]string{"jitsi", "-shared-secret", d.file("shared", hush)}, "not both")
	d.does([]string{"jitsi", "-shared-secret", d.path("shared"), "-unset", "privateKey,keyId,system"}, "no meeting ended")
}

func TestJitsi_WhoseSharedSecretCanBeGuessed(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	args := []string{"jitsi", "-base-url", "https://meet.example.org", "-issuer", "gavel", "-shared-secret"}
	d.does(append(args, d.file("short", hush)), "Next: the shared secret is so short")
	if printed, err := d.run(append(args, d.file("long", strings.Repeat(hush, 4)))...); err != nil || strings.Contains(printed, "so short") {
		t.Errorf("got %v and\n%s\nwant nothing about its length", err, printed)
	}
}

func TestJitsi_PublicHalfIsNamedForItsID(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	key, public := d.key("login")
	text, _ := os.ReadFile(public)
	// echo -n login | sha256sum
	named := d.file("428821350e9691491f616b754cd8315fb86d797ab35d843479e732ef90665324.pem", string(text))
	args := []string{"jitsi", "-base-url", "https://meet.example.org", "-issuer", "gavel", "-key", key, "-public", named, "-key-id"}
	d.refuses(append(args, "other"), "named for another key id")
	d.does(append(args, "login"))
}

func TestOpenMeetingsAndVeeting(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.env["PASSWORD"] = hush
	d.does([]string{"openmeetings", "-base-url", "https://meet.example.org/openmeetings", "-user", "gavel", "-password", "env:PASSWORD"}, "is written")
	d.refuses([]string{"openmeetings", "-base-url", "https://meet.example.org/openmeetings/services"}, "without /services")
	d.does([]string{
		"veeting", "-base-url", "https://v.example.org", "-level", "instance", "-api-key", "env:PASSWORD", "-hook", "onMeetingClosed=env:PASSWORD",
	}, "events are taken of onMeetingClosed", "set: apiKey, baseUrl, level, webhookKeys.onMeetingClosed")
	d.does([]string{"veeting", "-hook", "onMeetingUpdated=env:PASSWORD"}, "onMeetingClosed, onMeetingUpdated")
	d.refuses([]string{"veeting", "-hook", hush}, "the name of a hook")
	d.refuses([]string{"veeting", "-level", "boss"}, `"instance" or "account"`)
	d.does([]string{"veeting", "-unset", "webhookKeys"})
	text, err := os.ReadFile(d.path("secrets.json"))
	if err != nil {
		t.Fatal(err)
	}
	d.file("secrets.json", strings.Replace(string(text), `"apiKey"`, `"webhookKeys": null, "apiKey"`, 1))
	for _, more := range [][]string{{"-overlap"}, nil} {
		d.does(append([]string{"veeting", "-hook", "onMeetingClosed=env:PASSWORD"}, more...), "events are taken of onMeetingClosed")
	}
	if d.holds("openmeetings")["password"] != hush {
		t.Error("got the other secret changed")
	}
}

// A hook that there is not would be told as one of which events are taken.
func TestVeeting_RefusesAHookThatThereIsNot(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	args := []string{"veeting", "-base-url", "https://meet.example.org", "-level", "instance", "-api-key", d.file("api.key", hush), "-hook"}
	d.refuses(append(args, "onMeetingClosd="+d.file("hook.key", hush)), "that Veeting does not have; there are onMeetingScheduled")
	d.does(append(args, "onMeetingClosed="+d.file("hook.key", hush)), "events are taken of onMeetingClosed")
}

// What JSON cannot keep, or nobody sees, would be another password than the one in the file.
func TestValues_AreWhatIsSeenOrRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	args := []string{"openmeetings", "-base-url", "https://meet.example.org", "-user", "u", "-password"}
	for name, text := range map[string]string{
		"utf16": "\xff\xfeh\x00u\x00", "latin1": hush + "\xe4", "control": hush + "\x1b[A",
	} {
		d.refuses(append(args, d.file(name, text)), "-password: this is not plain text in UTF-8")
	}
	d.refuses(append(args, d.file("lines", hush+"\nlogin: gavel\n")), "-password: there is more than one line")
	for name, text := range map[string]string{"windows": "\uFEFF" + hush + " ä \r\n", "unix": hush + " ä \n"} {
		d.does(append(args, d.file(name, text)), "openmeetings")
		if got, want := d.holds("openmeetings")["password"], hush+" ä "; got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	key, _ := d.key("one")
	d.refuses([]string{"jaas", appID, "-key-id", "a", "-key", key, "-webhook-secret", d.file("wh16", "\xff\xfew\x00")}, "-webhook-secret: this is not plain text in UTF-8")
	d.does([]string{"jaas", appID, "-key-id", "a", "-key", key, "-webhook-secret", d.file("wh", "\uFEFFwhsec_0123"+hush+"\r\n")}, "by their signature")
}

func TestAPIKeys_AreMadeAddedAndTakenOutOneByOne(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.does([]string{"api-keys", "-name", "crm", "-scopes", "jaas, audit", "-to", d.path("crm.key")}, "crm (", "jaas audit", "holds the key itself")
	key, err := os.ReadFile(d.path("crm.key"))
	if err != nil {
		t.Fatal(err)
	}
	keys := auth.NewAPIKeys(secrets.NewFile(d.path("secrets.json"), "gavel"), time.Now)
	if p, err := keys.Verify(t.Context(), strings.TrimSpace(string(key))); err != nil || p.Name != "crm" {
		t.Errorf("got %+v and %v, want crm let in", p, err)
	}
	if info, err := os.Stat(d.path("crm.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v and %v, want mode 0600", info, err)
	}
	_, entry := auth.NewAPIKey("crm", []string{"jitsi"})
	text := `{"name": "crm", "sha256": "` + entry.SHA256 + `", "scopes": ["jitsi"]}`
	d.does([]string{"api-keys", "-entry", d.file("entry.json", text)}, "crm has another key still")
	d.does([]string{"api-keys", "-entry", d.path("entry.json")}, "has this content already")
	if list := d.holds("api-keys")["keys"].([]any); len(list) != 2 {
		t.Errorf("got %d keys, want 2", len(list))
	}
	d.does([]string{"api-keys", "-remove", entry.SHA256[:8]}, "crm (")
	d.refuses([]string{"api-keys", "-remove", "crm"}, "the last key")
	d.does([]string{"api-keys", "-remove", "crm", "-force"})
}

func TestAPIKeys_RefusesWhatWouldBeOfNoUse(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.refuses([]string{"api-keys"}, "give one of -name")
	d.refuses([]string{"api-keys", "-name", "crm"}, "needs -scopes")
	d.refuses([]string{"api-keys", "-name", "crm", "-scopes", "jas", "-to", d.path("k")}, "no operation asks for", "veeting:meetings")
	d.refuses([]string{"api-keys", "-name", "crm", "-scopes", "jaas", "-to", d.path("k"), "-expires", "2001-01-01"}, "a day to come")
	d.refuses([]string{"api-keys", "-name", "crm", "-scopes", "jaas", "-to", d.file("there", hush)}, "exists already")
	d.refuses([]string{"api-keys", "-entry", d.file("bad", `{"name": "crm", "sha": "`+hush+`"}`)}, "expected the entry")
	d.refuses([]string{"api-keys", "-entry", d.file("worse", `{"name": "crm", "sha256": "abc", "scopes": ["jaas"]}`)}, "sha256")
	d.refuses([]string{"api-keys", "-remove", "nobody"}, "no key of this name")
	d.does([]string{"api-keys", "-name", "crm", "-scopes", "jaas", "-to", d.path("k"), "-check"}, "Nothing is written")
	if _, err := os.Stat(d.path("k")); err == nil {
		t.Error("got a file with a key that is in no list")
	}
	d.file("secrets.json", `{"api-keys": {"keys": [{"name": "`+hush+`"}]}}`)
	d.refuses([]string{"api-keys", "-name", "crm", "-scopes", "jaas", "-to", d.path("k")}, "as it is cannot be used")
	d.does([]string{"api-keys", "-name", "crm", "-scopes", "jaas", "-to", d.path("k"), "-force"}, "crm (")
}

func TestAPIKeys_NoKeyIsLeftBehindWhenTheSecretCannotBeWritten(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.env["GAVEL_SECRETS_FILE"] = d.path("none/secrets.json")
	d.refuses([]string{"api-keys", "-name", "crm", "-scopes", "jaas", "-to", d.path("crm.key")}, "cannot write")
	if _, err := os.Stat(d.path("crm.key")); err == nil {
		t.Error("got a file with a key that is in no list")
	}
}

func TestRun_GivesUpNoContentThatIsNoObjectWithoutForce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	key, _ := d.key("one")
	d.file("secrets.json", `{"jaas/`+appID+`": "`+hush+`"}`)
	args := []string{"jaas", appID, "-key-id", "a", "-key", key}
	d.refuses(args, "no JSON object")
	d.does(append(args, "-force"), "is written")
}

func TestRun_MindsKeyFilesThatOthersCanRead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	key, _ := d.key("one")
	if err := os.Chmod(key, 0o644); err != nil {
		t.Fatal(err)
	}
	d.does([]string{"jaas", appID, "-key-id", "a", "-key", key}, "Mind: others on this machine can read")
}

func TestRun_IntoSecretsManager(t *testing.T) {
	t.Parallel()
	d, prefix, endpoint := newDesk(t), moto.Prefix(t), moto.Start(t)
	var asked []string
	cloud := aws.Config{Region: "eu-central-1", BaseEndpoint: &endpoint, Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: hush}, nil
	})}
	d.cloud = func(_ context.Context, region, profile string) (aws.Config, error) {
		asked = []string{region, profile}
		return cloud, nil
	}
	d.env["GAVEL_SECRET_PREFIX"] = prefix
	one, _ := d.key("one")
	two, _ := d.key("two")
	d.env["WEBHOOK"] = "whsec_0123" + hush
	d.does([]string{"jaas", appID, "-key-id", "one", "-key", one, "-webhook-secret", "env:WEBHOOK", "-aws", "-region", "eu-central-1", "-profile", "p"},
		prefix+"/jaas/"+appID+" is written to Secrets Manager in eu-central-1", "-stack")
	if want := []string{"eu-central-1", "p"}; !slices.Equal(asked, want) {
		t.Errorf("got %q asked for, want %q", asked, want)
	}
	d.does([]string{"jaas", appID, "-key-id", "two", "-key", two, "-aws", "-prefix", "/" + prefix + "/"}, prefix+"/jaas/"+appID+" is written", "kept: webhookSecret")
	content, err := secretstore.NewManager(secretstore.ManagerOptions{AWS: cloud, Prefix: prefix}).Read(t.Context(), "jaas/"+appID)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := jaas.ParseSecret(appID, secrets.NewRaw("", content))
	if err != nil || secret.KeyID() != appID+"/two" || !secret.HasWebhook() {
		t.Errorf("got %v, want the new key and the webhook", err)
	}
}

// A key can be looked at before there is a place for it.
func TestCheck_NeedsNoPlace(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.env["GAVEL_SECRETS_FILE"] = ""
	key, public := d.key("one")
	_, other := d.key("two")
	d.does([]string{"jaas", appID, "-key-id", "one", "-key", key, "-public", public, "-check"}, "is all right", "Nothing is written")
	d.refuses([]string{"jaas", appID, "-key-id", "one", "-key", key, "-public", other, "-check"}, "is not the other half")
	d.refuses([]string{"jaas", appID, "-key-id", "one", "-key", key}, "say where the secret goes")
}

// Functions take a name in letters of either case. After a rotation the old value must not be there any more.
func TestDraft_WrittenByHandInOtherLetters(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.file("secrets.json", `{"veeting": {"baseurl": "https://meet.example.org", "apikey": "`+hush+`-old", "LEVEL": "instance", "webhookkeys": {"onMeetingClosed": "`+hush+`-a"}}}`)
	d.does([]string{"veeting", "-api-key", d.file("new.key", hush+"-new"), "-hook", "onMeetingClosed=" + d.file("hook.key", hush+"-b"), "-overlap"}, "is written")
	want := map[string]any{
		"baseurl": "https://meet.example.org", "apiKey": hush + "-new", "LEVEL": "instance",
		"webhookKeys": map[string]any{"onMeetingClosed": []any{hush + "-b", hush + "-a"}},
	}
	if got := d.holds("veeting"); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Whoever misspells a field must not believe it gone.
func TestUnset_OfWhatIsNotThereIsRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	key, _ := d.key("one")
	d.stdin = "whsec_0123" + hush + "\n"
	d.does([]string{"jaas", appID, "-key-id", "one", "-key", key, "-webhook-secret", "-"})
	for _, unset := range []string{"webhook-secret", "webhooksecret", "webhookSecret,nosuch", "webhookSecret.x", "system.keyId"} {
		d.refuses([]string{"jaas", appID, "-unset", unset}, "no such field", "webhookSecret")
	}
	d.refuses([]string{"jaas", appID, "-webhook-secret", "-", "-unset", "webhookSecret"}, "a field that the call sets")
	if d.holds("jaas/" + appID)["webhookSecret"] == nil {
		t.Error("got the field taken out")
	}
}
