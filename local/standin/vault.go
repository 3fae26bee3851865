package standin

import (
	"context"
	"encoding/json"
	"maps"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"gavel/shared/secrets"
)

// Vault holds one secret, with its reads counted. Without content the secret does not exist.
type Vault struct {
	Reads atomic.Int64
	// Gate holds reads back until it is closed; nil holds none back.
	Gate chan struct{}
	// Takes is how long a read takes; not for real, but in a synctest bubble.
	Takes time.Duration

	name    string
	mu      sync.Mutex
	content []byte
	version int
	down    bool
}

var _ secrets.Source = (*Vault)(nil)

// NewVault makes a Vault for the secret of a name.
func NewVault(name string) *Vault { return &Vault{name: name} }

// FullName gives the name with the prefix.
func (v *Vault) FullName(name string) string { return "gavel/" + name }

// Read gives the secret.
func (v *Vault) Read(_ context.Context, name string) (secrets.Raw, error) {
	v.Reads.Add(1)
	if v.Gate != nil {
		<-v.Gate
	}
	<-time.After(v.Takes)
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case v.down:
		return secrets.Raw{}, &secrets.Error{Name: v.FullName(name), Reason: "the store is down", Passing: true}
	case name != v.name || len(v.content) == 0:
		return secrets.Raw{}, &secrets.Error{Name: v.FullName(name), Reason: "it does not exist", Missing: true}
	}
	return secrets.NewRaw(strconv.Itoa(v.version), v.content), nil
}

// Put stores the secret as JSON.
func (v *Vault) Put(content any) { v.PutText(string(Must(json.Marshal(content)))) }

// PutText stores any text for the secret; an empty one takes the secret away.
func (v *Vault) PutText(content string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.content = []byte(content)
	v.version++
}

// Fail has the store be down, or up again.
func (v *Vault) Fail(down bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.down = down
}

// Fields are what a secret holds.
type Fields map[string]any

// With gives a copy with other fields; those that are nil are left out.
func (f Fields) With(changes Fields) Fields {
	copied := maps.Clone(f)
	for name, value := range changes {
		if copied[name] = value; value == nil {
			delete(copied, name)
		}
	}
	return copied
}
