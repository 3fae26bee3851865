package main

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/url"
	"time"
)

const (
	// patience is how long an answer is waited for.
	patience = 10 * time.Second
	// renewal is how long before its end a certificate is usually another one already: those that renew themselves do so a month
	// before.
	renewal = 14 * 24 * time.Hour
	// The skews of a clock that matter: tokens are good from ten seconds before they are made, on servers that allow for nothing.
	slightSkew = 10 * time.Second
	largeSkew  = time.Minute
)

// reach asks for what is at an address: does its host's name resolve, is something there, is the certificate good, and what time is
// it there. What it answers does not matter, and whether it is all right is only said of what came back.
func (d *doctor) reach(ctx context.Context, what, address string) bool {
	response, err := d.get(ctx, address, nil)
	if err != nil {
		d.fix(what, "%s cannot be reached: %s", host(address), network(err))
		return false
	}
	elsewhere := movedTo(address, response)
	switch {
	case elsewhere != "":
		d.warn(what, "%s sends one on to %s, where no command follows it: if that is the server, put its address into the base URL",
			host(address), elsewhere)
	case response.status >= http.StatusInternalServerError && response.status != http.StatusNotImplemented:
		d.warn(what, "%s answers HTTP %d: it, or a proxy before it, is in trouble", host(address), response.status)
	default:
		d.ok(what, "%s answers", host(address))
	}
	return true
}

// movedTo gives scheme and host of another server that an answer sends one to; it is empty for one that does not.
func movedTo(address string, response answer) string {
	from, fromErr := url.Parse(address)
	to, toErr := url.Parse(response.header.Get("Location"))
	if fromErr != nil || toErr != nil || to.Host == "" || response.status < http.StatusMultipleChoices || response.status >= http.StatusBadRequest ||
		to.Host == from.Host && to.Scheme == from.Scheme {
		return ""
	}
	return to.Scheme + "://" + to.Host
}

// answer is what came back, with at most a little of the body.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// longest is how many bytes of an answer are looked at.
const longest = 1 << 20

func (d *doctor) get(ctx context.Context, address string, header http.Header) (answer, error) {
	return d.send(ctx, http.MethodGet, address, header, nil)
}

// send makes a request, and takes the time and the certificate out of whatever comes back.
func (d *doctor) send(ctx context.Context, method, address string, header http.Header, body io.Reader) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return answer{}, err
	}
	maps.Copy(request.Header, header)
	client := http.Client{
		Transport:     d.transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	sent := d.now()
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	d.clock(host(address), response.Header.Get("Date"), sent)
	d.certificate(address, response)
	text, err := io.ReadAll(io.LimitReader(response.Body, longest))
	return answer{status: response.StatusCode, header: response.Header, body: text}, err
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the address"
	}
	return u.Host
}

// certificate looks at how long the certificate is good, once for each host.
func (d *doctor) certificate(address string, response *http.Response) {
	if response.TLS == nil || len(response.TLS.PeerCertificates) == 0 || d.seenBefore("certificate of "+host(address)) {
		return
	}
	what := "certificate of " + host(address)
	end := response.TLS.PeerCertificates[0].NotAfter
	if left := end.Sub(d.now()); left < renewal {
		d.fix(what, "it ends on %s, in %d days: renew it, or see why it did not renew itself", end.Format(time.DateOnly), int(left.Hours()/24))
		return
	}
	d.ok(what, "good until %s", end.Format(time.DateOnly))
}

// clock holds this machine's clock against the time that a server has written into an answer, in whole seconds, once for each
// server. The answer was on its way for some time, which is not the clock's fault.
func (d *doctor) clock(server, date string, sent time.Time) {
	there, err := http.ParseTime(date)
	if err != nil || d.seenBefore("clock of "+server) {
		return
	}
	const what = "clock"
	ahead := time.Duration(0) // of this machine
	switch earliest, latest := there, there.Add(time.Second); {
	case sent.After(latest):
		ahead = sent.Sub(latest)
	case d.now().Before(earliest):
		ahead = d.now().Sub(earliest)
	}
	side := "ahead of"
	if ahead < 0 {
		side = "behind"
	}
	switch skew := ahead.Abs().Round(time.Second); {
	case skew > largeSkew:
		d.fix(what, "this machine is %s %s %s: set its time by NTP (timedatectl set-ntp true); tokens that are made here are refused, and signatures too",
			skew, side, server)
	case skew > slightSkew:
		d.warn(what, "this machine is %s %s %s: set its time by NTP (timedatectl set-ntp true); tokens are good from 10 s before they are made, so that "+
			"some servers refuse fresh ones", skew, side, server)
	default:
		d.ok(what, "within 10 s of that of %s", server)
	}
}
