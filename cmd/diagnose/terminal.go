package main

import (
	"fmt"
	"os"

	"golang.org/x/term"
)

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func terminalWidth() int {
	w, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		return 0
	}
	return w
}

// useColor decides on colour: always and never are obeyed; auto means that the
// answer goes to a terminal that wants it.
func (s stdio) useColor(mode string) bool {
	switch mode {
	case "always":
		return true
	case "never":
		return false
	}
	return s.terminal(s.out) && s.getenv("NO_COLOR") == "" && s.getenv("TERM") != "dumb"
}

// language is the asked-for one, else that of the locale.
func (s stdio) language(flag string) string {
	if flag != "" {
		return flag
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := s.getenv(name); v != "" {
			if len(v) >= 2 && v[:2] == "zh" {
				return "zh"
			}
			return "en"
		}
	}
	return "en"
}

// inLanguage says a thing in the language of the answer. Errors and usage are in
// English, as programs that run this one expect.
func inLanguage(lang, en, zh string, args ...any) string {
	if lang == "zh" {
		en = zh
	}
	return fmt.Sprintf(en, args...)
}
