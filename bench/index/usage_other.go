//go:build !unix

package main

import "time"

// Elsewhere neither is measured.
func cpu() time.Duration { return 0 }
func peak() int64        { return 0 }
