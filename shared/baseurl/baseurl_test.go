package baseurl_test

import (
	"strings"
	"testing"

	"gavel/shared/baseurl"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://meet.example.org:5443/openmeetings": "",
		"http://127.0.0.1:5080/openmeetings":         "",
		"http://10.0.0.7":                            "",
		"http://[::1]:1":                             "",
		"http://openmeetings:5080":                   "",
		"http://meet.internal":                       "",
		"":                                           "is not an http or https URL",
		"meet.example.org":                           "is not an http or https URL",
		"ftp://meet.example.org":                     "is not an http or https URL",
		"https://":                                   "is not an http or https URL",
		"https://meet example.org":                   "is not an http or https URL",
		"https://ada:hush@meet.example.org":          "must be a URL without user, query and fragment",
		"https://meet.example.org?hush":              "must be a URL without user, query and fragment",
		"https://meet.example.org#hush":              "must be a URL without user, query and fragment",
		"http://meet.example.org":                    "must be https, unless it is a private address",
		"http://8.8.8.8":                             "must be https, unless it is a private address",
	} {
		got := ""
		if err := baseurl.Check(address); err != nil {
			got = err.Error()
		}
		if got != want || strings.Contains(got, "hush") {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
}
