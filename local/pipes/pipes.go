// Package pipes has a network that stays in the process, for tests in a synctest bubble: time passes there only when
// everybody waits, and a connection of the kernel's would look like work to do.
package pipes

import (
	"context"
	"net"
	"sync"
)

// Listener takes connections that are pipes in memory.
type Listener struct {
	name    string
	dialled chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

var _ net.Listener = (*Listener)(nil)

// Listen gives a listener whose address is the name.
func Listen(name string) *Listener {
	return &Listener{name: name, dialled: make(chan net.Conn), closed: make(chan struct{})}
}

// DialContext connects to the listener whatever the address, as an [net/http.Transport] asks for it. It fails with
// [net.ErrClosed] once the listener is closed.
func (l *Listener) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.dialled <- far:
		return near, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept gives the next connection. It fails with [net.ErrClosed] once the listener is closed.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.dialled:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close ends what waits to connect or to accept. Connections stay.
func (l *Listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr gives the listener's name.
func (l *Listener) Addr() net.Addr { return address(l.name) }

type address string

func (address) Network() string  { return "pipe" }
func (a address) String() string { return string(a) }
