package jitsimeet_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"gavel/shared/jitsimeet"
)

func TestCheck_FaultsTellWhatWouldDo(t *testing.T) {
	t.Parallel()
	p := jitsimeet.Participant{Room: "standup", User: jitsimeet.User{ID: "u-17"}, Features: map[string]bool{}}
	p.Features["x"] = true
	p.Lifetime = 48 * time.Hour
	faults := p.Check()
	if len(faults) != 2 {
		t.Fatalf("got faults %v, want two", faults)
	}
	for _, name := range jitsimeet.Features() {
		if !strings.Contains(faults[0].Message, name) {
			t.Errorf("got %q, want %s in it", faults[0].Message, name)
		}
	}
	if want := "expected 1 to 86400 seconds"; faults[1].Message != want {
		t.Errorf("got %q, want %q", faults[1].Message, want)
	}
	p.Room, p.Pattern = "", jitsimeet.AllRooms
	if got, want := p.Check()[1].Message, "expected 1 to 7200 seconds"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFeatures_AreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	got := jitsimeet.Features()
	slices.Sort(got)
	want := []string{
		"branding", "calendar", "create-polls", "file-upload", "flip", "inbound-call", "list-visitors", "live-translation",
		"livestreaming", "lobby", "moderation", "outbound-call", "recording", "room", "screen-sharing", "send-groupchat",
		"send-private-message", "sip-inbound-call", "sip-outbound-call", "transcription",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestToken_PrintsAsAPlaceholder(t *testing.T) {
	t.Parallel()
	token := jitsimeet.Token{JWT: "e30.e30.c2ln", JoinURL: "https://8x8.vc/a/b#jwt=e30.e30.c2ln", Expires: time.Unix(1760000000, 0)}
	encoded, err := json.Marshal(map[string]any{"a": token, "b": &token})
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&log, nil), slog.NewTextHandler(&log, nil)} {
		logger := slog.New(handler)
		logger.InfoContext(t.Context(), "m", "token", token, "pointer", &token, "inside", struct{ T jitsimeet.Token }{token})
	}
	for name, text := range map[string]string{
		"%v":     fmt.Sprintf("%v %v", token, &token),
		"%+v":    fmt.Sprintf("%+v", struct{ T jitsimeet.Token }{token}),
		"%#v":    fmt.Sprintf("%#v %#v", token, struct{ T jitsimeet.Token }{token}),
		"%s":     fmt.Sprintf("%s %q", token, token),
		"string": token.String(),
		"json":   string(encoded),
		"slog":   log.String(),
	} {
		if strings.Contains(text, token.JWT) || strings.Contains(text, "jwt=") || !strings.Contains(text, "[token]") {
			t.Errorf("%s: got %s, want a placeholder", name, text)
		}
	}
}
