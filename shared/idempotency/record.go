package idempotency

import (
	"bytes"
	"compress/flate"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"gavel/shared/table"
)

// The items, one in a partition of its own for each key:
//
//	idempotency#<digest of caller, operation and key>    request    a claim, or an answer
//
// template.yaml lets the functions into partitions that begin so, and no others.
const (
	partitionPrefix = "idempotency#"
	sortKey         = "request"
)

// record is a claim until it has an answer. A record with neither is of a request that was carried out and whose answer
// could not be kept.
type record struct {
	Fingerprint string        `json:"fingerprint"`
	Claim       string        `json:"claim,omitempty"`
	Until       time.Time     `json:"until,omitzero"` // end of the claim's Lease
	Answer      *answerRecord `json:"answer,omitempty"`
}

type answerRecord struct {
	Status      int    `json:"status"`
	ContentType string `json:"content_type,omitempty"`
	Body        []byte `json:"body,omitempty"`   // Base64, so that every byte stays what it is
	Packed      bool   `json:"packed,omitempty"` // whether the body is compressed
}

// keyOf keeps neither the key nor who sent it. The quotes keep the parts apart.
func keyOf(r Request) table.Key {
	return table.Key{
		Partition: partitionPrefix + table.Digest(fmt.Sprintf("%q %q %q", r.Caller, r.Operation, r.Key)),
		Sort:      sortKey,
	}
}

// fingerprint tells requests apart. It is keyed with what is not in the state, so that a body of few possible ones, such as
// a phone number, cannot be found by trying.
func fingerprint(r Request) string {
	mac := hmac.New(sha256.New, []byte(r.Key))
	for _, part := range r.Content {
		_, _ = fmt.Fprintf(mac, "%d:%s", len(part), part)
	}
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func newID() string { return rand.Text() }

func encode(r record) ([]byte, error) { return json.Marshal(r) }

// packFrom is the length from which a body is compressed. Base64 makes a third more of it, and an item has its bounds;
// a text compresses to less than what that adds, whatever it says.
const packFrom = 128 << 10

// pack gives nil for an answer that is too large to be kept.
func pack(a Answer) (*answerRecord, error) {
	r := &answerRecord{Status: a.Status, ContentType: a.ContentType, Body: a.Body}
	if packFrom < len(a.Body) && len(a.Body) <= MaxBody {
		var err error
		if r.Body, err = compress(a.Body); err != nil {
			return nil, err
		}
		r.Packed = true
	}
	if len(a.Body) > MaxBody || base64.StdEncoding.EncodedLen(len(r.Body)) > table.MaxData-recordOverhead {
		return nil, nil
	}
	return r, nil
}

// recordOverhead is more than all of a record but the body has.
const recordOverhead = 1 << 10

func (r *answerRecord) unpack() (*Answer, error) {
	a := &Answer{Status: r.Status, ContentType: r.ContentType, Body: r.Body}
	if r.Packed {
		var err error
		if a.Body, err = io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(r.Body)), MaxBody)); err != nil {
			return nil, fmt.Errorf("idempotency: a stored answer cannot be read: %w", err)
		}
	}
	return a, nil
}

func compress(body []byte) ([]byte, error) {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err == nil {
		_, err = w.Write(body)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("idempotency: compress an answer: %w", err)
	}
	return packed.Bytes(), nil
}
