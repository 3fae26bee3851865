package rsakey

import (
	"slices"
	"strings"
)

// foreignFormat names the key formats that are not PEM, in cleaned text. It is empty for anything else.
func foreignFormat(text string) Kind {
	bare := strings.TrimLeft(text, blanksAndQuotes)
	switch {
	case strings.Contains(text, "PuTTY-User-Key-File"):
		return PuTTY
	case strings.HasPrefix(bare, "ssh-"), strings.HasPrefix(bare, "ecdsa-sha2-"), isSSHBlob(text):
		return SSHPublicKey
	case strings.Contains(text, "b3BlbnNzaC1rZXktdjE"): // base64 of openssh-key-v1
		return OpenSSH
	case isObject(bare) && hasKeyType(text):
		return JWK
	}
	return ""
}

// isSSHBlob looks for base64 of a length and then "ssh-rsa", "ssh-dss", "ssh-ed25519" or "ecdsa-sha2-…".
func isSSHBlob(text string) bool {
	return strings.Contains(text, "AAAAB3NzaC1") || strings.Contains(text, "AAAAC3NzaC1") ||
		strings.Contains(text, "AAAAE2VjZHNh")
}

// hasKeyType looks for the one member every JSON Web Key has. The quotes matter: base64 may hold the letters.
func hasKeyType(text string) bool {
	return strings.Contains(text, `"kty"`) || strings.Contains(text, `'kty'`) || strings.Contains(text, "kty:")
}

func isObject(s string) bool {
	return strings.HasPrefix(s, "{") && !strings.HasPrefix(s, "{{") || strings.HasPrefix(s, "[")
}

const blanksAndQuotes = " \n\"'`,;"

// foreign names what was pasted when no key was found in it.
func foreign(pasted string) Kind {
	// Escapes stay: a backslash may belong to a file name.
	text := value(strings.Trim(ascii(pasted), blanksAndQuotes))
	lower := strings.ToLower(text)
	switch {
	case text == "":
		return Empty
	case isPlaceholder(lower):
		return Placeholder
	case isBeginningOf("-----begin rsa private key-----", lower), isBeginningOf("-----begin private key-----", lower):
		return Truncated // in the middle of the first line
	case strings.HasPrefix(lower, "arn:"), strings.Contains(lower, "://") && !strings.HasPrefix(lower, "file:"):
		return Reference
	case isPath(lower):
		return FilePath
	case strings.HasPrefix(lower, "vpaas-magic-cookie-"):
		return KeyID
	case strings.HasPrefix(text, "eyJ") && strings.Count(text, ".") >= 2:
		return Token
	case strings.HasPrefix(lower, "whsec_"), len(text) <= 200 && !strings.ContainsAny(text, " \n"):
		return SharedSecret
	}
	return NotAKey
}

// value cuts the name off an assignment such as PRIVATE_KEY=… whose name says that it holds a secret.
func value(text string) string {
	name, rest, ok := strings.Cut(text, "=")
	upper := strings.ToUpper(strings.TrimSpace(name))
	named := strings.HasSuffix(upper, "KEY") || strings.HasSuffix(upper, "PEM") || strings.HasSuffix(upper, "SECRET")
	if !ok || !named || len(name) > 64 {
		return text
	}
	return strings.Trim(rest, blanksAndQuotes)
}

// isPlaceholder tells whether the lower-case text stands for a value that somebody or something was to fill in.
func isPlaceholder(lower string) bool {
	if len(lower) > 200 {
		return false
	}
	for _, edges := range []string{"<>", "[]", "${}", "{{}}", "$()", "%%", "__"} {
		half := len(edges) - len(edges)/2
		if strings.HasPrefix(lower, edges[:half]) && strings.HasSuffix(lower, edges[half:]) {
			return true
		}
	}
	return strings.HasPrefix(lower, "$") ||
		strings.Contains(lower, "your") && strings.Contains(lower, "key") ||
		slices.Contains([]string{"undefined", "null", "none", "nil", "changeme", "todo", "replaceme", "replace_me"}, lower) ||
		strings.Trim(lower, ".*x#-_ \n") == ""
}

// isPath tells whether the lower-case text names a file.
func isPath(lower string) bool {
	if len(lower) > 512 || strings.Contains(lower, "\n") {
		return false
	}
	for _, start := range []string{"/", "./", "../", "~/", "file:", `\\`, `.\`} {
		if strings.HasPrefix(lower, start) {
			return true
		}
	}
	for _, end := range []string{".pem", ".key", ".pk8", ".p8", ".der", ".ppk", ".pub", ".crt", ".cer", ".p12", ".pfx", ".txt"} {
		if strings.HasSuffix(lower, end) {
			return true
		}
	}
	return len(lower) > 2 && lower[1] == ':' && (lower[2] == '\\' || lower[2] == '/')
}

func isBeginningOf(whole, text string) bool { return strings.HasPrefix(whole, text) }
