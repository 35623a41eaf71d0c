package main

import (
	"context"
	"errors"
	"io"
)

var errInterrupted = errors.New("interrupted")

// interruptible reads from in until ctx ends. A read that waits for a person at a
// terminal, or for a program that writes nothing, goes on waiting behind its back.
type interruptible struct {
	ctx context.Context
	in  io.Reader
}

func (r interruptible) Read(p []byte) (int, error) {
	type done struct {
		text []byte
		err  error
	}
	result := make(chan done, 1)
	go func() {
		text := make([]byte, len(p)) // p is the caller's again when the context has ended
		n, err := r.in.Read(text)
		result <- done{text[:n], err}
	}()
	select {
	case d := <-result:
		return copy(p, d.text), d.err
	case <-r.ctx.Done():
		return 0, errInterrupted
	}
}
