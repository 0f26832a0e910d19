package compare

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"

	"github.com/nscheck/nscheck/internal/spill"
	"github.com/nscheck/nscheck/internal/tempfile"
)

// sortMemory is how many bytes of tracks are sorted at once; more of them are
// sorted in runs, which temporary files hold.
const sortMemory = 32 << 20

// inOrder yields the tracks by GUID, as they are stored. Snapshots of one source
// are in one order, but hardly in this one, so they are sorted where need be.
func inOrder(ctx context.Context, s *spill.Buffer, memory int) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		sorted, err := inOrderAlready(ctx, s)
		if err != nil {
			yield(nil, err)
			return
		}
		var runs []*bufio.Reader
		if sorted {
			in, err := s.Reader()
			if err != nil {
				yield(nil, err)
				return
			}
			runs = append(runs, in)
		} else {
			sorter := trackSorter{memory: memory}
			defer sorter.close()
			if runs, err = sorter.sort(ctx, s); err != nil {
				yield(nil, fmt.Errorf("sort clients: %w", err))
				return
			}
		}
		if err := merge(runs, yield); err != nil {
			yield(nil, fmt.Errorf("read back clients: %w", err))
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

// trackSorter sorts tracks in runs.
type trackSorter struct {
	memory int
	files  []*os.File
}

func (t *trackSorter) sort(ctx context.Context, s *spill.Buffer) ([]*bufio.Reader, error) {
	in, err := s.Reader()
	if err != nil {
		return nil, err
	}
	var text []byte
	var ends []int
	var buf []byte
	for {
		buf, err = nextTrack(in, buf)
		end := errors.Is(err, io.EOF)
		switch {
		case err != nil && !end:
			return nil, err
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		}
		if end || len(text)+len(buf) > t.memory {
			if err := t.write(text, ends); err != nil {
				return nil, err
			}
			text, ends = text[:0], ends[:0]
		}
		if end {
			break
		}
		text = append(text, buf...)
		ends = append(ends, len(text))
	}
	var runs []*bufio.Reader
	for _, f := range t.files {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		runs = append(runs, bufio.NewReaderSize(f, 1<<16))
	}
	return runs, nil
}

// write writes a run. Equal GUIDs stay in the order that they came in.
func (t *trackSorter) write(text []byte, ends []int) error {
	tracks := make([][]byte, len(ends))
	start := 0
	for i, end := range ends {
		tracks[i], start = text[start:end], end
	}
	slices.SortStableFunc(tracks, func(a, b []byte) int { return bytes.Compare(a[:16], b[:16]) })
	f, err := tempfile.Create("", "nscheck-clients-*")
	if err != nil {
		return err
	}
	t.files = append(t.files, f)
	out := bufio.NewWriterSize(f, 1<<16)
	for _, track := range tracks {
		out.Write(track) // Flush tells of a failure
	}
	return out.Flush()
}

func (t *trackSorter) close() {
	for _, f := range t.files {
		f.Close()
	}
}

// trackRun is one sorted run while it is merged with others.
type trackRun struct {
	in     *bufio.Reader
	track  []byte
	number int
}

type trackRuns []*trackRun

func (r trackRuns) Len() int { return len(r) }
func (r trackRuns) Less(i, j int) bool {
	return cmp.Or(bytes.Compare(r[i].track[:16], r[j].track[:16]), cmp.Compare(r[i].number, r[j].number)) < 0
}
func (r trackRuns) Swap(i, j int) { r[i], r[j] = r[j], r[i] }
func (r *trackRuns) Push(x any)   { *r = append(*r, x.(*trackRun)) }
func (r *trackRuns) Pop() any {
	last := (*r)[len(*r)-1]
	*r = (*r)[:len(*r)-1]
	return last
}

// merge yields the tracks of all runs in order.
func merge(in []*bufio.Reader, yield func([]byte, error) bool) error {
	var runs trackRuns
	for i, r := range in {
		run := &trackRun{in: r, number: i}
		if ok, err := run.next(); err != nil {
			return err
		} else if ok {
			runs = append(runs, run)
		}
	}
	heap.Init(&runs)
	for len(runs) > 0 {
		if !yield(runs[0].track, nil) {
			return nil
		}
		ok, err := runs[0].next()
		if err != nil {
			return err
		}
		if ok {
			heap.Fix(&runs, 0)
		} else {
			heap.Pop(&runs)
		}
	}
	return nil
}

func (r *trackRun) next() (bool, error) {
	track, err := nextTrack(r.in, r.track)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	r.track = track
	return err == nil, err
}
