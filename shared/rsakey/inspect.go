package rsakey

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

// inspect returns what the text holds. Text inside base64 or hexadecimal is looked into, depth layers down.
func inspect(text string, depth int) []finding {
	if depth == 0 || text == "" {
		return nil
	}
	if f, ok := inspectDER(text); ok {
		return []finding{f}
	}
	text = clean(text)
	marks := markers(text)
	if blocks := pemBlocks(text, marks); len(blocks) > 0 {
		return append(readAll(blocks, depth), others(text)...)
	}
	if kind := foreignFormat(text); kind != "" {
		return []finding{{fault: fault(kind), solid: true}}
	}
	if raw, ok := hexBytes(text); ok {
		return inspect(raw, depth-1)
	}
	return append(inspectBare(withoutMarkers(text, marks), depth), others(text)...)
}

// others returns the keys in a text that has several beginnings of DER, wherever they stand. It is there to notice
// a second key outside the PEM block or right behind the first, where reading in order would pass it by.
func others(text string) []finding {
	const most = 16
	starts := derStarts(text, most)
	if len(starts) < 2 {
		return nil
	}
	var found []finding
	for _, at := range starts {
		if key, _ := classify(decode(letters(text[at:]))); key != nil {
			found = append(found, finding{key: key, solid: true})
		}
	}
	return found
}

// inspectDER handles binary DER: no text starts with 0x30 and a byte that is invalid in UTF-8 there.
func inspectDER(text string) (finding, bool) {
	if len(text) < 2 || text[0] != tagSequence || text[1] < 0x80 || text[1] > 0x83 {
		return finding{}, false
	}
	key, refused := classify([]byte(text))
	return finding{key, refused, true}, key != nil || refused != nil
}

// hexBytes decodes text that is hexadecimal throughout, with or without colons and a prefix. Short hexadecimal is
// more likely a shared secret.
func hexBytes(text string) (string, bool) {
	digits := strings.NewReplacer(" ", "", "\n", "", ":", "", `"`, "", "'", "").Replace(text)
	digits = strings.TrimPrefix(strings.TrimPrefix(digits, "0x"), "x") // databases write \x
	raw, err := hex.DecodeString(digits)
	return string(raw), err == nil && len(raw) >= 2*minLetters
}

// inspectBare reads base64 that has no BEGIN line.
func inspectBare(text string, depth int) []finding {
	found := readAll(runs(text), depth)
	if key, _ := choose(found); key != nil || len(found) > 1 {
		return found
	}
	// The base64 may be in pieces: quoted line by line, or with marks of quotation in front.
	if f := read(block{body: fromFirstLine(text)}); f.key != nil {
		return []finding{f}
	}
	return found
}

// readAll reads each block. Most of what people encode in base64 is PEM text, so text is looked for first; no key
// decodes to text by chance.
func readAll(blocks []block, depth int) []finding {
	var found []finding
	for _, b := range blocks {
		if inner := inspect(innerText(b.body), depth-1); len(inner) > 0 {
			found = append(found, inner...)
		} else if f := read(b); f.key != nil || f.fault != nil {
			found = append(found, f)
		}
	}
	return found
}

// read tries the readings of a block until one gives a key. Failing that, a fault that names what the block is wins
// over one that merely says it is broken.
func read(b block) finding {
	solid := len(letters(b.body)) >= minLetters
	if legacyEncrypted(b.body) {
		return finding{fault: fault(Encrypted), solid: solid}
	}
	var best *Fault
	for reading := range readings(b.body) {
		key, refused := classify(decode(letters(reading)))
		if key != nil {
			return finding{key: key, solid: true}
		}
		if best == nil || refused != nil && isBroken(best.Kind) && !isBroken(refused.Kind) {
			best = refused
		}
	}
	if b.label != "" && (best == nil || isBroken(best.Kind)) {
		best = byLabel(b, best)
	}
	return finding{fault: best, solid: solid}
}

func isBroken(k Kind) bool { return k == Truncated || k == Damaged || k == Invalid }

// legacyEncrypted knows the headers of RFC 1421 encryption, on lines of their own or not.
func legacyEncrypted(body string) bool {
	upper := strings.ToUpper(body)
	return strings.Contains(upper, "DEK-INFO") || strings.Contains(upper, "PROC-TYPE") && strings.Contains(upper, "ENCRYPTED")
}

// byLabel is the fault of a block whose body gave no more than broken.
func byLabel(b block, broken *Fault) *Fault {
	kind := labelKind(b.label)
	if kind != Damaged {
		return fault(kind)
	}
	text := letters(strings.Trim(b.body, "- \n"))
	switch {
	case isMasked(b.body):
		return fault(Placeholder)
	case text == "" && !b.closed, len(text) < minLetters && strings.HasPrefix(text, "MI"):
		return fault(Truncated) // only the first line arrived
	case len(text) < minLetters:
		return fault(Placeholder)
	case broken == nil:
		return fault(Damaged)
	}
	return broken
}

// isMasked tells whether parts were left out on purpose.
func isMasked(body string) bool {
	lower := strings.ToLower(body)
	return strings.Contains(lower, "...") || strings.Contains(lower, "***") || strings.Contains(lower, "xxxxxxxx")
}

// innerText returns the text that base64 stands for, or nothing if it stands for binary data.
func innerText(body string) string {
	text := string(decode(letters(strings.TrimRight(body, "- \n"))))
	binary := 0
	for _, r := range text {
		// A zero byte is half a character of UTF-16.
		if r == utf8.RuneError || r < ' ' && !strings.ContainsRune("\x00\t\n\r", r) {
			binary++
		}
	}
	if binary*10 > len(text) {
		return ""
	}
	return text
}
