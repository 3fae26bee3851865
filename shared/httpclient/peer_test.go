package httpclient_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
)

// peer is a provider on a bare TCP socket. It counts the requests that reach it whole, since nothing less shows what a
// client really sent.
type peer struct {
	url    string
	closed chan struct{}

	mu          sync.Mutex
	connections int
	requests    []string // as the bytes came
}

// conn is one connection of a client.
type conn struct {
	*net.TCPConn
	peer *peer
}

// ok answers so that the connection can be used again.
func (c conn) ok() { c.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") }

func (c conn) say(text string) { _, _ = io.WriteString(c, text) }

// hang says nothing more until the client has gone or the test is over.
func (c conn) hang() {
	go func() { <-c.peer.closed; _ = c.Close() }()
	_, _ = io.Copy(io.Discard, c.TCPConn)
}

// reset breaks the connection, as a crashed provider or a firewall does.
func (c conn) reset() { _ = c.SetLinger(0) }

// listen starts a peer that hands the n-th request, counted from 1, to serve, and closes the connection when serve says
// so or the client does. greet, unless nil, gets a connection before anything is read from it and says whether to go on.
func listen(t *testing.T, greet func(c conn) bool, serve func(c conn, n int) (keep bool)) *peer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{url: "http://" + listener.Addr().String(), closed: make(chan struct{})}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			accepted, err := listener.Accept()
			if err != nil {
				return
			}
			p.count()
			c := conn{accepted.(*net.TCPConn), p}
			running.Go(func() {
				defer c.Close()
				if greet == nil || greet(c) {
					p.converse(c, serve)
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		close(p.closed)
		running.Wait()
	})
	return p
}

func (p *peer) count() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.connections++
}

func (p *peer) converse(c conn, serve func(c conn, n int) (keep bool)) {
	// A connection that the client keeps ends with the test.
	over := make(chan struct{})
	defer close(over)
	go func() {
		select {
		case <-p.closed:
			_ = c.Close()
		case <-over:
		}
	}()
	var raw bytes.Buffer
	reader := bufio.NewReader(io.TeeReader(c.TCPConn, &raw))
	for {
		req, err := http.ReadRequest(reader)
		if err == nil {
			_, err = io.Copy(io.Discard, req.Body)
		}
		if err != nil {
			return
		}
		p.mu.Lock()
		p.requests = append(p.requests, raw.String())
		n := len(p.requests)
		p.mu.Unlock()
		raw.Reset()
		if !serve(c, n) {
			return
		}
	}
}

// received returns the requests that came, whole, and the number of connections.
func (p *peer) received() (requests []string, connections int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.requests...), p.connections
}

// refusing returns a URL at which nobody listens.
func refusing(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		t.Fatal(err)
	}
	return "http://" + listener.Addr().String()
}
