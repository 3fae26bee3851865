package objects

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aws/smithy-go/encoding/httpbinding"
)

const (
	// maxName is what the file systems of Linux and Android take, in bytes. It also bounds the URL: each byte may become
	// five of it, and a Lambda's session token needs room as well.
	maxName = 255
	// maxExtension is the longest ending that survives when a name is cut.
	maxExtension = 16
	nameless     = "file"
)

// Disposition gives the Content-Disposition header of a file that is to be saved under a name that a user chose. It
// has the name twice, in ASCII with underscores for the rest, and in full for whoever reads RFC 8187, which all
// browsers do (https://www.rfc-editor.org/rfc/rfc6266#section-4.3).
//
// Any text will do as a name. Letters of all scripts and emoji stay. Left out is what nobody sees: control characters,
// and those that turn the direction of writing, with which exe.pdf can be made of fdp.exe. What no file system or not
// every one takes becomes an underscore; so do the quote and the separators of paths. Dots and spaces at either end
// go. The name is cut to 255 bytes of UTF-8, before its extension; names of Windows's devices, such as NUL, get an
// underscore in front; and of nothing becomes "file".
func Disposition(name string) string {
	name = safe(name)
	return `attachment; filename="` + ascii(name) + `"; filename*=UTF-8''` + httpbinding.EscapePath(name, true)
}

func safe(name string) string {
	name = strings.Map(seen, strings.ToValidUTF8(name, "_"))
	name = strings.TrimFunc(name, loose)
	if name == "" {
		return nameless
	}
	name = shorten(name) // which can make a device's name of another
	if isDevice(name) {
		name = shorten("_" + name)
	}
	return name
}

// seen gives -1 for what is left out of a name.
func seen(r rune) rune {
	switch {
	case strings.ContainsRune(`<>:"/\|?*`, r): // https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
		return '_'
	case isInvisible(r):
		return -1
	}
	return r
}

// isInvisible leaves what letters and emoji are made with: joiners, the tags of flags, and signs that Unicode counts
// as invisible although they are not.
func isInvisible(r rune) bool {
	isTag := r >= 0xE0020 && r <= 0xE007F
	if isTag || unicode.In(r, unicode.Join_Control, unicode.Prepended_Concatenation_Mark) {
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// loose tells what does not stand at either end of a name. A dot in front hides the file from its owner or makes it
// the configuration of something; Windows drops dots and spaces at the end.
func loose(r rune) bool {
	return r == '.' || unicode.IsSpace(r) || unicode.Is(unicode.Join_Control, r)
}

// isDevice tells whether Windows would open a device instead of the file, whatever its extension
// (https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file).
func isDevice(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port, isPort := strings.CutPrefix(stem, "COM")
	if !isPort {
		port, isPort = strings.CutPrefix(stem, "LPT")
	}
	return isPort && utf8.RuneCountInString(port) == 1 && strings.ContainsAny(port, "0123456789¹²³")
}

// shorten cuts between characters.
func shorten(name string) string {
	if len(name) <= maxName {
		return name
	}
	extension := path.Ext(name)
	if len(extension) > maxExtension {
		extension = ""
	}
	end := maxName - len(extension)
	for !utf8.RuneStart(name[end]) {
		end--
	}
	return strings.TrimRightFunc(name[:end], loose) + extension
}

// ascii is for clients that know no RFC 8187. Some of them take a percent sign for an escape and a semicolon for the
// end, quoted or not (https://www.rfc-editor.org/rfc/rfc6266#appendix-D).
func ascii(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '%' || r == ';' {
			return '_'
		}
		return r
	}, name)
}
