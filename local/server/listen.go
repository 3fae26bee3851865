package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// BridgeVariable names the setting with a second address to listen on: that of this machine on the network of its
// containers.
const BridgeVariable = "GAVEL_BRIDGE"

// mostListeners is how many addresses the server listens on at most.
const mostListeners = 2

// listen opens the loopback address and, if there is one, that for containers, on the same port. The first of them is the
// loopback address.
func listen(ctx context.Context, getenv func(string) string) ([]net.Listener, error) {
	port := or(getenv("PORT"), defaultPort)
	loopback, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return nil, fmt.Errorf("port %s cannot be used (another one: PORT=3001 make run): %w", port, err)
	}
	listeners := []net.Listener{loopback}
	address := strings.TrimSpace(getenv(BridgeVariable))
	if address == "" {
		return listeners, nil
	}
	if getenv("GAVEL_SECRETS_FILE") != "" {
		closeAll(listeners)
		return nil, errors.New(BridgeVariable + " is not for real secrets: every container could fetch those of GAVEL_SECRETS_FILE")
	}
	second, err := listenOnBridge(ctx, address, loopback.Addr())
	if err != nil {
		closeAll(listeners)
		return nil, err
	}
	return append(listeners, second), nil
}

// listenOnBridge takes one private address and no other: whoever reaches the server gets an API key from it.
func listenOnBridge(ctx context.Context, address string, beside net.Addr) (net.Listener, error) {
	ip, err := netip.ParseAddr(address)
	if err != nil || !ip.IsPrivate() {
		return nil, errors.New(BridgeVariable + " is not a private IP address, such as 172.17.0.1")
	}
	_, port, err := net.SplitHostPort(beside.String())
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(address, port))
	if err != nil {
		return nil, fmt.Errorf("%s is no address of this machine, or its port %s is taken: %w", BridgeVariable, port, err)
	}
	return listener, nil
}

func closeAll(listeners []net.Listener) {
	for _, listener := range listeners {
		_ = listener.Close()
	}
}
