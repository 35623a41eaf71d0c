package parser

import "strings"

// typed undoes what word processors and blogs make of the signs that a program printed:
// WordPress (wptexturize) and Word's corrections while typing turn quotes, "...", "--" and the x
// of a hexadecimal number into signs of print.
var typed = strings.NewReplacer(
	"‘", "'", "’", "'", "‚", "'", "‛", "'",
	"“", `"`, "”", `"`, "„", `"`, "‟", `"`,
	"…", "...", " – ", " - ", " — ", " - ", "–", "--", "0×", "0x",
)

// maxTypographic bounds the message that is read a second time with plain signs, in bytes.
const maxTypographic = 64 << 10

// asTyped returns the text with plain signs where it holds typographic quotes, or the number 0×1F.
func asTyped(text string) (string, bool) {
	if len(text) > maxTypographic {
		return text, false
	}
	// Programs print dashes and dots alone.
	quotes := strings.Contains(text, "\xe2\x80") && strings.ContainsAny(text, "‘’“”„")
	if !quotes && !strings.Contains(text, "0×") {
		return text, false
	}
	return typed.Replace(text), true
}
