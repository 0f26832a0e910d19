package cmdb

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"github.com/nscheck/nscheck/snapshot"
)

// lineSink is a sink that accepts clients as text, which can be made in parallel.
// snapshot.Writer is one.
type lineSink interface {
	WriteClientLine(object []byte) error
}

// clientWriter writes clients in order. If the sink accepts text, other goroutines
// encode it while the next clients are merged.
type clientWriter struct {
	sink    Sink
	lines   lineSink
	batch   *batch
	work    chan *batch // to be encoded, in any order
	ordered chan *batch // to be written, in order
	free    chan *batch
	failed  chan struct{} // closed with err set
	err     error
	running sync.WaitGroup
}

// batch is some clients and their text.
type batch struct {
	clients []*snapshot.Client
	text    []byte
	ends    []int // of each client's text
	err     error
	ready   chan struct{}
}

const (
	batchClients = 128
	batches      = 8 // at once; they bound the clients in memory
)

func newClientWriter(sink Sink) *clientWriter {
	w := &clientWriter{sink: sink}
	lines, ok := sink.(lineSink)
	if !ok {
		return w
	}
	w.lines = lines
	w.work, w.ordered = make(chan *batch, batches), make(chan *batch, batches)
	w.free, w.failed = make(chan *batch, batches), make(chan struct{})
	for range batches {
		w.free <- &batch{ready: make(chan struct{}, 1)}
	}
	for range min(runtime.GOMAXPROCS(0), 4) {
		w.running.Go(func() {
			for b := range w.work {
				b.encode()
			}
		})
	}
	w.running.Go(w.writeAll)
	return w
}

func (b *batch) encode() {
	b.text, b.ends, b.err = b.text[:0], b.ends[:0], nil
	for _, client := range b.clients {
		if b.text, b.err = snapshot.AppendClient(b.text, client); b.err != nil {
			break
		}
		b.ends = append(b.ends, len(b.text))
	}
	clear(b.clients)
	b.clients = b.clients[:0]
	b.ready <- struct{}{}
}

// writeAll writes the batches as they were begun. After a failure it skips
// the rest.
func (w *clientWriter) writeAll() {
	for b := range w.ordered {
		<-b.ready
		if w.err == nil {
			if w.err = b.write(w.lines); w.err != nil {
				close(w.failed)
			}
		}
		w.free <- b
	}
}

func (b *batch) write(lines lineSink) error {
	start := 0
	for _, end := range b.ends {
		if err := lines.WriteClientLine(b.text[start:end]); err != nil {
			return err
		}
		start = end
	}
	return b.err
}

// write writes one client, which the caller must not change afterwards.
func (w *clientWriter) write(ctx context.Context, client *snapshot.Client) error {
	if w.lines == nil {
		return w.sink.WriteClient(client)
	}
	if w.batch == nil {
		select {
		case w.batch = <-w.free:
		case <-w.failed:
			return w.err
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	w.batch.clients = append(w.batch.clients, client)
	if len(w.batch.clients) == batchClients {
		w.pass()
	}
	return nil
}

// pass sends the batch to the goroutines that encode and write it. The channels have
// room for all batches.
func (w *clientWriter) pass() {
	w.work <- w.batch
	w.ordered <- w.batch
	w.batch = nil
}

// close writes what is left, unless the clients ended with an error, and waits
// until nothing runs any more.
func (w *clientWriter) close(err error) error {
	if w.lines == nil {
		return err
	}
	if w.batch != nil && err == nil {
		w.pass()
	}
	close(w.work)
	close(w.ordered)
	w.running.Wait()
	if errors.Is(err, w.err) {
		return err
	}
	return errors.Join(err, w.err)
}
