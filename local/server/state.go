package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gavel/shared/auth"
)

// state is what the local server makes up once and keeps, so that what was typed yesterday works
// today: the sandbox's tenant, the API key, the identity provider's key.
type state struct {
	AppID      string `json:"appId"`
	KeyID      string `json:"keyId"`
	PrivateKey string `json:"privateKey"` // PEM, PKCS #8
	APIKey     string `json:"apiKey"`
	APIKeyHash string `json:"apiKeySha256"`
	IssuerKey  string `json:"issuerKey"` // PEM, PKCS #8
	// WebhookSecret is what the sandbox signs its events with, FilesSecret the key to the files, and
	// OpenMeetingsPassword that of the account there, VeetingKey the API key there and VeetingHookKey its hooks'.
	WebhookSecret        string `json:"webhookSecret"`
	FilesSecret          string `json:"filesSecret"`
	OpenMeetingsPassword string `json:"openmeetingsPassword"`
	VeetingKey           string `json:"veetingKey"`
	VeetingHookKey       string `json:"veetingHookKey"`
	// JitsiKey signs participants' tokens and JitsiSystemKey commands; JitsiCallbackToken is what that sandbox comes with.
	JitsiKey           string `json:"jitsiKey"`       // PEM, PKCS #8
	JitsiSystemKey     string `json:"jitsiSystemKey"` // the same
	JitsiCallbackToken string `json:"jitsiCallbackToken"`

	issuerKey *ecdsa.PrivateKey
}

// The sandbox's tenant is the one of the sample events and of the API's examples.
const (
	sandboxAppID = "vpaas-magic-cookie-0123456789abcdef0123456789abcdef"
	sandboxKeyID = "4f4910"
)

// loadState reads the state from the folder, or makes it.
func loadState(dir string) (*state, error) {
	path := filepath.Join(dir, "sandbox.json")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeState(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the sandbox's state: %w", err)
	}
	st := &state{}
	if err := json.Unmarshal(text, st); err != nil {
		return nil, fmt.Errorf("%s cannot be read; remove it to get a fresh one: %w", path, err)
	}
	added, err := st.addSecrets()
	if err != nil {
		return nil, err
	}
	if added { // it was written by an earlier version
		if err := st.save(path); err != nil {
			return nil, err
		}
	}
	return st, st.parse()
}

// addSecrets makes up what is missing, and says whether something was.
func (st *state) addSecrets() (added bool, err error) {
	for secret, fresh := range map[*string]string{
		&st.WebhookSecret: "whsec_" + randomHex(16), &st.FilesSecret: randomHex(20), &st.OpenMeetingsPassword: randomHex(20),
		&st.VeetingKey: randomHex(20), &st.VeetingHookKey: randomHex(20), &st.JitsiCallbackToken: randomHex(20),
	} {
		if *secret == "" {
			*secret, added = fresh, true
		}
	}
	for _, key := range []*string{&st.PrivateKey, &st.JitsiKey, &st.JitsiSystemKey} {
		if *key != "" {
			continue
		}
		if *key, err = newRSAKey(); err != nil {
			return added, err
		}
		added = true
	}
	return added, nil
}

func newRSAKey() (string, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return "", fmt.Errorf("make a key for the sandboxes: %w", err)
	}
	return toPEM(key)
}

func makeState(path string) (*state, error) {
	issuerKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the identity provider's key: %w", err)
	}
	key, entry := auth.NewAPIKey(localKeyName, allScopes())
	st := &state{
		AppID: sandboxAppID, KeyID: sandboxKeyID,
		APIKey: key, APIKeyHash: entry.SHA256,
	}
	if _, err := st.addSecrets(); err != nil {
		return nil, err
	}
	if st.IssuerKey, err = toPEM(issuerKey); err != nil {
		return nil, err
	}
	return st, errors.Join(st.parse(), st.save(path))
}

func (st *state) parse() error {
	block, _ := pem.Decode([]byte(st.IssuerKey))
	if block == nil {
		return errors.New("the sandbox's state holds no issuer key; remove the data directory to get a fresh one")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return fmt.Errorf("read the identity provider's key: %w", err)
	}
	var ok bool
	if st.issuerKey, ok = key.(*ecdsa.PrivateKey); !ok {
		return errors.New("the identity provider's key is of another kind; remove the data directory to get a fresh one")
	}
	return nil
}

// save is for the owner's eyes only: the keys are good for nothing but the sandbox, and still.
func (st *state) save(path string) error {
	text, err := json.MarshalIndent(st, "", "  ")
	if err != nil {
		return fmt.Errorf("write the sandbox's state: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("write the sandbox's state: %w", err)
	}
	return os.WriteFile(path, text, 0o600)
}

func toPEM(key any) (string, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", fmt.Errorf("encode a key: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), nil
}

func randomHex(bytes int) string {
	random := make([]byte, bytes)
	// Read never fails (https://pkg.go.dev/crypto/rand#Read).
	_, _ = rand.Read(random)
	return hex.EncodeToString(random)
}
