package snapshot

import (
	"bytes"
	"hash"
	"iter"
	"sync"
	"sync/atomic"
)

// blockSize is how many bytes of records are handed on at once: enough that
// handing on costs nothing, little enough to stay in a processor's cache.
const blockSize = 256 << 10

// A Block is a run of clients of a snapshot that are not checked yet.
type Block struct {
	r     *Reader
	text  []byte // records, one a line
	first int64  // number of the first client, from 0
	count int64  // of clients
	line  int    // of the first client in the file
	lines []int  // of every client, where they do not follow each other

	users atomic.Int32 // who still reads text
}

var blocks = sync.Pool{New: func() any { return &Block{text: make([]byte, 0, blockSize)} }}

func newBlock(r *Reader) *Block {
	b := blocks.Get().(*Block)
	b.r, b.text, b.lines, b.count = r, b.text[:0], nil, 0
	b.users.Store(1)
	return b
}

func (b *Block) add(record []byte, line int, number int64) {
	if len(b.text) == 0 {
		b.line, b.first = line, number
	}
	b.text = append(b.text, record...)
	b.count++
}

// isFull reports whether a record of the given size, in bytes, needs another block.
func (b *Block) isFull(size int) bool { return len(b.text) > 0 && len(b.text)+size > blockSize }

// First is the number of the block's first client in the snapshot, from 0.
func (b *Block) First() int64 { return b.first }

// Len is the number of clients in the block.
func (b *Block) Len() int64 { return b.count }

// Release says that the caller is done with the block and with everything that
// it yielded, which then are no longer valid.
func (b *Block) Release() {
	if b.users.Add(-1) > 0 {
		return
	}
	if b.r = nil; cap(b.text) <= 2*blockSize {
		blocks.Put(b)
	}
}

// Rewrite returns a block of the same clients with other records and releases the
// block. The function gets each record without its line end.
func (b *Block) Rewrite(rewrite func(record []byte) ([]byte, error)) (*Block, error) {
	defer b.Release()
	out := newBlock(b.r)
	out.first, out.count, out.line, out.lines = b.first, b.count, b.line, b.lines
	for line := range bytes.Lines(b.text) {
		record, err := rewrite(trimLineEnd(line))
		if err != nil {
			out.Release()
			return nil, err
		}
		out.text = append(append(out.text, record...), '\n')
	}
	return out, nil
}

// Clients checks the block's clients one by one and yields them as
// [Reader.Clients] does. Where scan took a client in, Raw is nil: scan tells
// what the client says.
func (b *Block) Clients(scan *ClientScan) iter.Seq2[ClientLine, error] { return b.clients(scan) }

// clients yields every client's Raw where scan is nil.
func (b *Block) clients(scan *ClientScan) iter.Seq2[ClientLine, error] {
	return func(yield func(ClientLine, error) bool) {
		rest := b.text
		for i := 0; len(rest) > 0; i++ {
			end := bytes.IndexByte(rest, '\n') + 1
			if end == 0 {
				end = len(rest)
			}
			line := lineOf{text: trimLineEnd(rest[:end]), number: b.line + i}
			rest = rest[end:]
			if b.lines != nil {
				line.number = b.lines[i]
			}
			line.kind, line.rest, _ = splitKind(line.text)
			client := ClientLine{Line: line.number}
			if scan == nil || !scan.scan(line.text, line.rest) {
				var err error
				if client.Raw, err = b.r.body(line, b.first+int64(i)); err != nil {
					yield(ClientLine{}, err)
					return
				}
			}
			if !yield(client, nil) {
				return
			}
		}
	}
}

// hashing computes a hash over blocks beside the work on them.
type hashing struct {
	blocks chan *Block
	done   chan struct{}
	once   sync.Once
}

func newHashing(sum hash.Hash) *hashing {
	h := &hashing{blocks: make(chan *Block, 4), done: make(chan struct{})}
	go func() {
		defer close(h.done)
		for b := range h.blocks {
			sum.Write(b.text)
			b.Release()
		}
	}()
	return h
}

func (h *hashing) add(b *Block) {
	b.users.Add(1)
	h.blocks <- b
}

// wait ends the hashing; the hash is complete then.
func (h *hashing) wait() {
	h.once.Do(func() { close(h.blocks) })
	<-h.done
}
