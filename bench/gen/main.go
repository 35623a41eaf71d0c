// Command gen makes what the benchmark needs: a management-server.log as a busy
// CloudStack 4.7 to 4.19 writes it, with failures planted, and rules that find them.
//
//	gen [-seed N] [-size 1G] [-every 15000] [-planted 40] > management-server.log
//	gen [-seed N] -rules 400 -dir DIR
//
// The same flags give the same bytes.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(2)
	}
}

func run() error {
	seed := flag.Uint64("seed", 1, "what the log is drawn from")
	size := flag.String("size", "1G", "bytes of log, with K, M or G (powers of 1000); whole lines, so a little more")
	every := flag.Int("every", 15_000, "one job in so many `lines` fails, 0 for none; its failure leaves three lines that rules match")
	planted := flag.Int("planted", 40, "how many of the generated rules have their failures in the log, 0 for none")
	rules := flag.Int("rules", 0, "write so many rules into -dir instead of a log")
	dir := flag.String("dir", "", "where the rules go")
	flag.Parse()
	if flag.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flag.Arg(0))
	}
	if *rules > 0 {
		if *dir == "" {
			return fmt.Errorf("-rules needs -dir")
		}
		return writeRules(*dir, *rules)
	}
	bytes, err := parseSize(*size)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(os.Stdout, 1<<20)
	if err := writeLog(w, options{seed: *seed, size: bytes, every: *every, planted: *planted}); err != nil {
		return err
	}
	return w.Flush()
}

// parseSize reads 64, 10K, 250M or 1G.
func parseSize(s string) (int64, error) {
	unit := int64(1)
	switch {
	case strings.HasSuffix(s, "K"):
		unit = 1e3
	case strings.HasSuffix(s, "M"):
		unit = 1e6
	case strings.HasSuffix(s, "G"):
		unit = 1e9
	}
	digits := s
	if unit > 1 {
		digits = s[:len(s)-1]
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n > 1e15/unit {
		return 0, fmt.Errorf("size %q: want a number with K, M or G behind it", s)
	}
	return n * unit, nil
}
