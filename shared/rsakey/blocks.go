package rsakey

import "strings"

// block is a piece of text that may hold one key.
type block struct {
	label  string // as in BEGIN <label>; empty for bare base64
	body   string
	closed bool // an END line followed
}

// labels lists what follows BEGIN and END in the wild, longer ones before their prefixes, with the fault to report
// when the body cannot be read. The body decides otherwise: labels are often wrong.
func labels() []struct {
	name string
	kind Kind
} {
	return []struct {
		name string
		kind Kind
	}{
		{"RSA PRIVATE KEY", Damaged},
		{"PRIVATE KEY", Damaged},
		{"ENCRYPTED PRIVATE KEY", Encrypted},
		{"OPENSSH PRIVATE KEY", OpenSSH},
		{"EC PRIVATE KEY", NotRSA},
		{"DSA PRIVATE KEY", NotRSA},
		{"RSA PUBLIC KEY", PublicKey},
		{"PUBLIC KEY", PublicKey},
		{"EC PUBLIC KEY", PublicKey},
		{"SSH2 PUBLIC KEY", SSHPublicKey},
		{"SSH2 ENCRYPTED PRIVATE KEY", OpenSSH},
		{"CERTIFICATE REQUEST", Certificate},
		{"NEW CERTIFICATE REQUEST", Certificate},
		{"CERTIFICATE", Certificate},
		{"X509 CERTIFICATE", Certificate},
		{"TRUSTED CERTIFICATE", Certificate},
		{"PGP PRIVATE KEY BLOCK", PGP},
		{"PGP PUBLIC KEY BLOCK", PGP},
		{"EC PARAMETERS", NotAKey},
		{"DH PARAMETERS", NotAKey},
		{"DSA PARAMETERS", NotAKey},
	}
}

func labelKind(label string) Kind {
	for _, l := range labels() {
		if l.name == label {
			return l.kind
		}
	}
	return NotAKey
}

// marker is a BEGIN or END line, wherever it stands and whatever happened to its dashes.
type marker struct {
	from, to int
	begin    bool
	label    string
}

// markers finds the BEGIN and END lines. Dashes are not asked for: the word and a known label are telling enough.
func markers(text string) []marker {
	var found []marker
	known := labels()
	upper := strings.ToUpper(text) // same length, as the text is ASCII
	for i := 0; i < len(upper); i++ {
		m := marker{from: i, begin: strings.HasPrefix(upper[i:], "BEGIN")}
		word := "END"
		if m.begin {
			word = "BEGIN"
		} else if !strings.HasPrefix(upper[i:], word) {
			continue
		}
		for _, l := range known {
			if n := matchLabel(upper[i+len(word):], l.name); n > 0 {
				m.to, m.label = i+len(word)+n, l.name
				found = append(found, m)
				i = m.to - 1
				break
			}
		}
	}
	return found
}

// matchLabel returns how much of s spells the label, or 0. Blanks may be missing, doubled, or another separator.
func matchLabel(s, label string) int {
	rest := s
	for word := range strings.FieldsSeq(label) {
		var ok bool
		if rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " \n-_+"), word); !ok {
			return 0
		}
	}
	return len(s) - len(rest)
}

// pemBlocks returns what stands behind each BEGIN line, up to the next marker.
func pemBlocks(text string, marks []marker) []block {
	var blocks []block
	for i, m := range marks {
		end, closed := len(text), false
		if i+1 < len(marks) {
			end, closed = marks[i+1].from, !marks[i+1].begin
		}
		if m.begin {
			blocks = append(blocks, block{m.label, strings.TrimLeft(text[m.to:end], "- \n"), closed})
		}
	}
	return blocks
}

// withoutMarkers cuts out END lines that no BEGIN line precedes.
func withoutMarkers(text string, marks []marker) string {
	var b strings.Builder
	from := 0
	for _, m := range marks {
		b.WriteString(text[from:m.from] + "\n")
		from = m.to
	}
	b.WriteString(text[from:])
	return b.String()
}

// runs returns the stretches of base64 that are long enough for a key, without the words in front of them.
func runs(text string) []block {
	var found []block
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return !isLetter(byte(r)) && !isBlank(byte(r)) }) {
		if part = skipWords(part); len(letters(part)) >= minLetters {
			found = append(found, block{body: part})
		}
	}
	return found
}

// skipWords drops leading words too short to be a line of base64, as in "my key: MIIE…" or a misspelt BEGIN line.
func skipWords(s string) string {
	for {
		s = strings.TrimLeft(s, " \n")
		end := strings.IndexAny(s, " \n")
		if end < 0 || end >= 16 || strings.HasPrefix(s, "MI") {
			return s
		}
		s = s[end:]
	}
}
