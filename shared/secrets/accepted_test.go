package secrets_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"gavel/shared/secrets"
)

func TestAccepted_IsATextOrAListOfThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		`{}`: nil, `{"f":null}`: nil, `{"f":""}`: nil, `{"f":[]}`: {}, `{"f":"a"}`: {"a"}, `{"f":["a"]}`: {"a"}, `{"f":["b","a",""]}`: {"b", "a", ""},
		`{"f":[null]}`: {""}, `{"f":"[\"a\"]"}`: {`["a"]`},
	} {
		got := struct{ F secrets.Accepted }{}
		if err := json.Unmarshal([]byte(text), &got); err != nil || !slices.Equal(got.F, want) {
			t.Errorf("%s: got %q, %v, want %q", text, got.F, err, want)
		}
	}
	for _, text := range []string{`{"f":7}`, `{"f":true}`, `{"f":{"a":"b"}}`, `{"f":[7]}`, `{"f":[["a"]]}`, `{"f":["a",{}]}`} {
		got := struct{ F secrets.Accepted }{}
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s: got %q, want an error", text, got.F)
		}
	}
}

func TestParseAccepted_NamesTheFieldAndNotTheText(t *testing.T) {
	t.Parallel()
	parse := func(text string) (string, error) {
		if text = strings.TrimSpace(text); text == "" {
			return "", errors.New("expected more than blanks")
		}
		return text, nil
	}
	if got, err := secrets.ParseAccepted("f", secrets.Accepted{" b ", "a"}, parse); err != nil || !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("got %q, %v, want both, in their order", got, err)
	}
	if got, err := secrets.ParseAccepted("f", nil, parse); err != nil || len(got) != 0 {
		t.Errorf("got %q, %v, want none", got, err)
	}
	five := secrets.Accepted{"1", "2", "3", "4", "5"}
	if got, err := secrets.ParseAccepted("f", five, parse); err != nil || len(got) != secrets.MostAccepted {
		t.Errorf("got %q, %v, want all five", got, err)
	}
	for reason, texts := range map[string]secrets.Accepted{
		"f: expected more than blanks":                                       {hush, " "},
		"f: one of them is there twice":                                      {hush, "other", hush + "\n"},
		"f: there are more than 5; take out those that nobody uses any more": append(five, hush),
	} {
		if got, err := secrets.ParseAccepted("f", texts, parse); err == nil || err.Error() != reason || got != nil {
			t.Errorf("got %q, %v, want %q", got, err, reason)
		}
	}
}
