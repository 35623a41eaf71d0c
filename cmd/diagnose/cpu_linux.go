package main

import (
	"syscall"
	"time"
	"unsafe"
)

// Clocks of clock_gettime(2), from include/uapi/linux/time.h.
const (
	clockProcess = 2 // CLOCK_PROCESS_CPUTIME_ID
	clockThread  = 3 // CLOCK_THREAD_CPUTIME_ID
)

// cpuClock says whose time threadCPU and processCPU are.
const cpuClock = "cpu"

// threadCPU is the CPU time of the calling thread: it means something between two
// calls of one goroutine that holds its thread.
func threadCPU() time.Duration { return clockTime(clockThread) }

// processCPU is the CPU time of the whole program.
func processCPU() time.Duration { return clockTime(clockProcess) }

func clockTime(clock uintptr) time.Duration {
	var t syscall.Timespec
	if _, _, errno := syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clock, uintptr(unsafe.Pointer(&t)), 0); errno != 0 {
		return 0
	}
	return time.Duration(t.Nano())
}
