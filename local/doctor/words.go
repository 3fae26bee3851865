package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"time"

	"gavel/shared/httpclient"
	"gavel/shared/secrets"
)

// inWords says what a failed call means and what to do. It holds nothing that another system has written, which may repeat a
// secret.
func inWords(err error) string {
	if secret, ok := errors.AsType[*secrets.Error](err); ok {
		return secret.Reason
	}
	failure, ok := errors.AsType[*httpclient.Error](err)
	if !ok {
		return network(err)
	}
	words := ""
	switch failure.Kind {
	case httpclient.Credentials:
		words = fmt.Sprintf("the credentials are refused (HTTP %d)", failure.Status)
	case httpclient.Busy:
		words = fmt.Sprintf("it is busy (HTTP %d): try again later", failure.Status)
	case httpclient.Nonsense:
		words = fmt.Sprintf("the answer (HTTP %d) is not one that it would give: is the base URL right, or is another server or a login page there?",
			failure.Status)
	case httpclient.Refused:
		words = refused(failure)
	case httpclient.Timeout, httpclient.Unreachable:
		words = network(failure.Cause)
	}
	if failure.Hint != "" {
		words += "; " + failure.Hint
	}
	return words
}

func refused(failure *httpclient.Error) string {
	switch {
	case failure.Status >= http.StatusInternalServerError:
		return fmt.Sprintf("it fails (HTTP %d): look into its own log", failure.Status)
	case failure.Status == http.StatusNotFound:
		return "there is nothing at this address (HTTP 404): is the base URL right?"
	}
	return fmt.Sprintf("it refuses (HTTP %d)", failure.Status)
}

// network says why there was no answer.
func network(err error) string {
	if words := certificate(err); words != "" {
		return words
	}
	var timeout interface{ Timeout() bool }
	name, unknown := errors.AsType[*net.DNSError](err)
	_, noTLS := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case unknown && name.IsNotFound:
		return "the host's name is not known to the DNS: is the base URL spelt right?"
	case unknown:
		return "the DNS does not answer for the host's name: is there a way out of this network?"
	case noTLS, errors.Is(err, http.ErrSchemeMismatch):
		return "the server does not speak TLS at this port: https or the port is wrong in the base URL"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens at the host's port: is the server running, and is the port right?"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time: is the server running, and does a firewall let this machine through?"
	}
	return "the connection cannot be made or breaks off before there is an answer"
}

// certificate says what is wrong with the server's certificate; it is empty where that is not the trouble.
func certificate(err error) string {
	invalid, isInvalid := errors.AsType[x509.CertificateInvalidError](err)
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	_, other := errors.AsType[x509.HostnameError](err)
	verification, failed := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case isInvalid && invalid.Reason == x509.Expired:
		return fmt.Sprintf("the server's certificate is not valid now (it is from %s to %s): renew it there; if that is not so, this machine's clock is wrong",
			invalid.Cert.NotBefore.Format(time.DateOnly), invalid.Cert.NotAfter.Format(time.DateOnly))
	case unknown:
		return "the server's certificate is of no known authority: it is self-signed, or the server does not send the whole chain (fullchain.pem)"
	case other:
		return "the server's certificate is for another host name: use that name in the base URL, or get one for this name"
	case isInvalid, failed && verification != nil:
		return "the server's certificate cannot be verified"
	}
	return ""
}
