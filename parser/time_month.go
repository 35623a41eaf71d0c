package parser

// englishMonth reads the three letters at the beginning of b, in any case; 0 means
// that they are no month.
func englishMonth(b []byte) int {
	if len(b) < 3 {
		return 0
	}
	switch uint32(b[0]|0x20)<<16 | uint32(b[1]|0x20)<<8 | uint32(b[2]|0x20) {
	case 'j'<<16 | 'a'<<8 | 'n':
		return 1
	case 'f'<<16 | 'e'<<8 | 'b':
		return 2
	case 'm'<<16 | 'a'<<8 | 'r':
		return 3
	case 'a'<<16 | 'p'<<8 | 'r':
		return 4
	case 'm'<<16 | 'a'<<8 | 'y':
		return 5
	case 'j'<<16 | 'u'<<8 | 'n':
		return 6
	case 'j'<<16 | 'u'<<8 | 'l':
		return 7
	case 'a'<<16 | 'u'<<8 | 'g':
		return 8
	case 's'<<16 | 'e'<<8 | 'p':
		return 9
	case 'o'<<16 | 'c'<<8 | 't':
		return 10
	case 'n'<<16 | 'o'<<8 | 'v':
		return 11
	case 'd'<<16 | 'e'<<8 | 'c':
		return 12
	}
	return 0
}

// maxMonth bounds a month's name in bytes: no abbreviation of glibc's locales is
// longer that can be told from other words.
const maxMonth = 14

// readMonth reads the word before the first space as a month's name.
func readMonth(b []byte) (month, n int) {
	if len(b) < 15 || b[0] < ' ' {
		return 0, 0
	}
	if b[3] == ' ' {
		if month = englishMonth(b); month != 0 {
			return month, 3
		}
	}
	if b[0] == ' ' { // glibc pads " 1月"
		month, n = readMonth(b[1:])
		if n == 0 || b[1]-'0' > 9 {
			return 0, 0
		}
		return month, n + 1
	}
	for n < maxMonth && b[n] != ' ' {
		n++
	}
	if n < 3 || n == maxMonth || len(b) < n+11 || b[n+1] != ' ' && b[n+1]-'0' > 9 {
		return 0, 0
	}
	return localMonth(b[:n]), n * min(localMonth(b[:n]), 1)
}

// localMonth knows the abbreviated names (abmon, ab_alt_mon) that glibc 2.36 gives
// to journald and date(1), of the European locales written in Latin, Cyrillic and
// Greek letters, of Turkish and Indonesian, and the numbered ones of Chinese,
// Japanese and Korean. Croatian lip, srp and lis are other months in Polish and
// Czech, and are read so.
func localMonth(word []byte) int {
	var low [maxMonth]byte
	w := low[:copy(low[:], word)]
	for i, c := range w {
		if 'A' <= c && c <= 'Z' {
			w[i] = c | 0x20
		}
	}
	if w[len(w)-1] == '.' {
		w = w[:len(w)-1]
	}
	if len(w) > 3 && w[0]-'0' <= 9 {
		return numberedMonth(w)
	}
	if len(w) == 3 {
		if month := englishMonth(w); month != 0 {
			return month // French and Norwegian put a full stop behind it
		}
	}
	switch string(w) {
	case "jän", "janv", "ene", "gen", "tammi", "sty", "led", "янв", "січ", "oca", "ian", "ιαν", "Ιαν", "яну", "јан", "saus", "jaan", "sij", "сту":
		return 1
	case "févr", "fév", "fev", "helmi", "lut", "úno", "febr", "фев", "лют", "Şub", "şub", "φεβ", "Φεβ", "феб", "vas", "veebr", "velj":
		return 2
	case "mär", "mars", "mrz", "mrt", "maalis", "bře", "márc", "мар", "бер", "Μαρ", "μαρ", "μάρ", "Μάρ", "kov", "märts", "març", "ožu", "сак":
		return 3
	case "avril", "avr", "abr", "april", "huhti", "kwi", "dub", "ápr", "апр", "кві", "nis", "απρ", "Απρ", "bal", "d’abr", "tra", "кра":
		return 4
	case "mai", "mag", "mei", "maj", "touko", "kvě", "máj", "мая", "май", "тра", "μαΐ", "Μαΐ", "Μάι", "μάι", "мај", "geg", "maig", "svi":
		return 5
	case "juin", "giu", "juni", "kesä", "cze", "čen", "jún", "июн", "чер", "haz", "iun", "ιουν", "Ιουν", "ιούν", "Ιούν", "юни", "јун", "birž", "jūn", "juuni", "juny", "чэр":
		return 6
	case "juil", "lug", "juli", "heinä", "lip", "čec", "júl", "июл", "лип", "tem", "iul", "Ιουλ", "ιουλ", "Ιούλ", "ιούλ", "юли", "јул", "liep", "jūl", "juuli", "ліп":
		return 7
	case "août", "ago", "elo", "sie", "srp", "авг", "сер", "ağu", "αυγ", "Αυγ", "Αύγ", "αύγ", "agu", "avg", "rugp", "d’ag", "kol", "жні":
		return 8
	case "sept", "set", "syys", "wrz", "zář", "szept", "сен", "вер", "eyl", "σεπ", "Σεπ", "сеп", "rugs", "ruj":
		return 9
	case "okt", "ott", "out", "loka", "paź", "říj", "окт", "жов", "eki", "Οκτ", "οκτ", "spal", "d’oct", "кас":
		return 10
	case "marras", "lis", "ноя", "лис", "kas", "νοε", "Νοε", "Νοέ", "νοέ", "ное", "нов", "lapkr", "stu", "ліс":
		return 11
	case "dez", "déc", "dic", "des", "joulu", "gru", "pro", "дек", "гру", "ara", "Δεκ", "δεκ", "дец", "gruod", "dets", "сне":
		return 12
	}
	return 0
}

// numberedMonth reads 11月 and 11월.
func numberedMonth(w []byte) int {
	month, n := int(w[0]-'0'), 1
	if w[1]-'0' <= 9 {
		month, n = digits2(w), 2
	}
	if s := string(w[n:]); s != "月" && s != "월" || month > 12 {
		return 0
	}
	return month
}

// wholeMonth reads a month's name, abbreviated or whole in English; 0 means that it
// is none.
func wholeMonth(word []byte) int {
	if len(word) < 3 {
		return 0
	}
	if month := englishMonth(word); month != 0 && (len(word) == 3 || isWholeMonth(word)) {
		return month
	}
	if len(word) >= maxMonth {
		return 0
	}
	return localMonth(word)
}

func isWholeMonth(word []byte) bool {
	switch string(word) {
	case "January", "February", "March", "April", "June", "July", "August", "September", "Sept", "October", "November", "December":
		return true
	}
	return false
}

// isLetterByte reports whether c can stand in a word: a letter, or part of one
// outside ASCII.
func isLetterByte(c byte) bool { return c|0x20-'a' <= 'z'-'a' || c >= 0x80 }
