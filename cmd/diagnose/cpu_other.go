//go:build !linux

package main

import "time"

// cpuClock says whose time threadCPU and processCPU are: here the clock on the
// wall, which goes on while other programs run.
const cpuClock = "wall"

var started = time.Now()

func threadCPU() time.Duration  { return time.Since(started) }
func processCPU() time.Duration { return time.Since(started) }
