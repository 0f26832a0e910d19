package evaluator

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/nscheck/nscheck/snapshot"
)

// maxShards bounds how many parts a result may have: merging opens all of them.
const maxShards = 1000

// Shard is a share of a snapshot's clients: every Of-th chunk of them, beginning
// with chunk Index, from 1. The zero Shard is all clients.
type Shard struct{ Index, Of int }

// ParseShard reads a shard as people write it: 2/7.
func ParseShard(text string) (Shard, error) {
	index, of, _ := strings.Cut(text, "/")
	i, err := strconv.Atoi(index)
	n, err2 := strconv.Atoi(of)
	switch {
	case err != nil || err2 != nil:
		return Shard{}, fmt.Errorf("%q must be of the form I/N, such as 1/4 for the first of four", text)
	case n < 1 || n > maxShards:
		return Shard{}, fmt.Errorf("%q: there can be from 1 to %d shards", text, maxShards)
	case i < 1 || i > n:
		return Shard{}, fmt.Errorf("%q: shards are counted from 1/%d to %d/%d", text, n, n, n)
	}
	return Shard{i, n}, nil
}

func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Index, s.Of) }

// has tells whether the shard has a client, by its number in the snapshot.
func (s Shard) has(client int64) bool {
	return s.Of == 0 || client/snapshot.ChunkClients%int64(s.Of) == int64(s.Index-1)
}

// ShardInfo is what judging a shard came to.
type ShardInfo struct {
	// Clients of the snapshot, and those of them that were judged.
	Clients, Judged int64
	// What each rule took, the longest first.
	Timings []Timing
}

// EvaluateShard judges the clients of a shard, and nothing else, and writes what
// it finds to a file for [Merge], compressed where its name ends in .zst. The
// whole snapshot is read, and its hash checked; clients are checked by the shard
// that has them.
func EvaluateShard(ctx context.Context, pack *Pack, snap Snapshot, shard Shard, file string, opts Options) (*ShardInfo, error) {
	if opts.Watch != nil || opts.Track {
		return nil, errors.New("clients can be explained and compared only where all are judged")
	}
	out, err := createPart(file)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", file, err)
	}
	defer out.abort()
	run, err := newRun(ctx, pack, snap, opts)
	if err != nil {
		return nil, err
	}
	defer run.engine.release()
	ctx = run.ctx
	defer run.discard()
	run.shard, run.part = shard, newPartWriter(out, run.spool)
	if err := run.part.head(run); err != nil {
		return nil, fmt.Errorf("write %s: %w", file, err)
	}
	if err := run.judgeClients(ctx); err != nil {
		return nil, err
	}
	err = run.part.end(run)
	if err == nil {
		err = out.commit()
	}
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", file, err)
	}
	return &ShardInfo{
		Clients: run.coll.clients + run.skipped.Load(), Judged: run.coll.clients, Timings: run.timings(),
	}, nil
}
