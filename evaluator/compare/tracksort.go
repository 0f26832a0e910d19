package compare

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/nscheck/nscheck/internal/spill"
)

// sortMemory is how many bytes of tracks are sorted in memory.
const sortMemory = 32 << 20

// inOrder yields the tracks by GUID, as they are stored; those of one GUID in the order
// that they came in. Snapshots are seldom in this order, so tracks are sorted if needed.
func inOrder(ctx context.Context, s *spill.Buffer, memory int) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		next, release, err := sorted(ctx, s, memory)
		if err != nil {
			yield(nil, err)
			return
		}
		defer release()
		for {
			track, err := next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(nil, fmt.Errorf("read back clients: %w", err))
				return
			}
			if !yield(track, nil) {
				return
			}
		}
	}
}

// sorted returns a function that returns the tracks in order, and io.EOF after the last.
func sorted(ctx context.Context, s *spill.Buffer, memory int) (next func() ([]byte, error), release func(), err error) {
	ordered, err := inOrderAlready(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	in, err := s.Reader()
	if err != nil {
		return nil, nil, err
	}
	var buf []byte
	stored := func() ([]byte, error) {
		buf, err = nextTrack(in, buf)
		return buf, err
	}
	if ordered {
		return stored, func() {}, nil
	}
	sorter := spill.NewSorter("", "clients", memory, func(a, b []byte) int { return bytes.Compare(a[:16], b[:16]) })
	release = func() { sorter.Close() }
	for {
		track, err := stored()
		switch {
		case errors.Is(err, io.EOF):
			if next, err = sorter.Records(); err == nil {
				return next, release, nil
			}
		case ctx.Err() != nil:
			err = context.Cause(ctx)
		case err == nil:
			err = sorter.Add(track)
		}
		if err != nil {
			release()
			return nil, nil, fmt.Errorf("sort clients: %w", err)
		}
	}
}

// inOrderAlready reports whether the tracks are sorted as they are.
func inOrderAlready(ctx context.Context, s *spill.Buffer) (bool, error) {
	in, err := s.Reader()
	if err != nil {
		return false, err
	}
	var last [16]byte
	var buf []byte
	for {
		buf, err = nextTrack(in, buf)
		switch {
		case errors.Is(err, io.EOF):
			return true, nil
		case ctx.Err() != nil:
			return false, context.Cause(ctx)
		case err != nil:
			return false, fmt.Errorf("read back clients: %w", err)
		case bytes.Compare(buf[:16], last[:]) < 0:
			return false, nil
		}
		copy(last[:], buf)
	}
}
