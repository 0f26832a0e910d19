package cmdb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/nscheck/nscheck/collector/cmdb/binding"
	"github.com/nscheck/nscheck/snapshot"
)

func compareKeys(a, b sortKey) int { return bytes.Compare(a[:], b[:]) }

// merge joins the streams client by client and writes the clients.
func (c *collection) merge(ctx context.Context, all *streams, sink Sink) error {
	if len(all.list) == 0 || all.list[0].name != binding.Clients {
		return nil // recorded in the manifest
	}
	out := newClientWriter(sink)
	return out.close(c.mergeInto(ctx, all, out))
}

func (c *collection) mergeInto(ctx context.Context, all *streams, out *clientWriter) error {
	base, others := all.list[0], all.list[1:]
	var written int64
	for {
		if written%progressEvery == 0 {
			if ctx.Err() != nil {
				return fmt.Errorf("write clients: %w", context.Cause(ctx))
			}
			c.progress("merge", written, "")
		}
		more, err := base.loadRow()
		if err != nil {
			return err
		}
		if !more {
			c.progress("merge", written, snapshot.Collected)
			return nil
		}
		key := base.reader.key
		client := &snapshot.Client{GUID: all.order.guid(key).String()}
		if err := base.fillClient(client, key); err != nil {
			return err
		}
		for _, s := range others {
			if err := s.fillClient(client, key); err != nil {
				return err
			}
		}
		if err := out.write(ctx, client); err != nil {
			return err
		}
		written++
	}
}

// loadRow makes the next row available; false at the end.
func (s *stream) loadRow() (bool, error) {
	if s.loaded || s.ended {
		return s.loaded, nil
	}
	switch err := s.reader.next(); {
	case err == nil:
		s.loaded = true
	case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		s.ended = true
	default:
		return false, fmt.Errorf("merge %s: %w", s.name, err)
	}
	return s.loaded, nil
}

// fillClient fills a client from its rows. Rows of computers that the base does not
// list, such as deleted ones, are skipped.
func (s *stream) fillClient(client *snapshot.Client, key sortKey) error {
	if s.limit != nil && s.name != binding.Clients && compareKeys(key, *s.limit) >= 0 {
		return nil // not collected for this client
	}
	var failure error
	rows := func(yield func([]cell) bool) {
		for {
			more, err := s.loadRow()
			if err != nil {
				failure = err
			}
			if !more {
				return
			}
			c := compareKeys(s.reader.key, key)
			if c > 0 {
				return
			}
			s.loaded = false
			if c == 0 && !yield(s.reader.cells) {
				return
			}
		}
	}
	s.fill(client, iter.Seq[[]cell](rows))
	for range rows { // what fill did not read
	}
	return failure
}
