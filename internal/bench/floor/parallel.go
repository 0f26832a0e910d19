package main

import (
	"bytes"
	"io"
)

// chunk is some whole lines, what is left of the next one, and what came of them.
type chunk struct {
	text  []byte
	lines int // length of the whole lines
	found []byte
	tally tally
	err   error
	done  chan struct{}
}

const chunkSize = 256 << 10

// judgeAll lets workers judge chunks of lines.
func judgeAll(in io.Reader, out io.Writer, j judge, workers int) (*tally, error) {
	todo, ordered := make(chan *chunk, workers), make(chan *chunk, 2*workers)
	free := make(chan *chunk, 3*workers+2)
	for range cap(free) {
		free <- &chunk{text: make([]byte, 0, chunkSize), done: make(chan struct{}, 1)}
	}
	for range workers {
		go func() {
			for c := range todo {
				c.judge(j)
				c.done <- struct{}{}
			}
		}()
	}
	var readErr error
	go func() {
		readErr = readChunks(in, free, todo, ordered)
		close(todo)
		close(ordered)
	}()
	var sum tally
	var err error
	for c := range ordered {
		<-c.done
		sum.add(&c.tally)
		if err == nil {
			err = c.err
		}
		if err == nil {
			_, err = out.Write(c.found)
		}
		free <- c
	}
	if err == nil {
		err = readErr
	}
	return &sum, err
}

func readChunks(in io.Reader, free <-chan *chunk, todo, ordered chan<- *chunk) error {
	var rest []byte
	for {
		c := <-free
		c.text = append(c.text[:0], rest...)
		n, err := fill(in, c)
		if n == 0 && err != nil {
			if err == io.EOF && len(c.text) > 0 {
				err = io.ErrUnexpectedEOF
			}
			if err == io.EOF {
				return nil
			}
			return err
		}
		rest = append(rest[:0], c.text[c.lines:]...)
		ordered <- c
		todo <- c
	}
}

// fill reads until the chunk is full and holds a whole line.
func fill(in io.Reader, c *chunk) (int, error) {
	read := 0
	for {
		if len(c.text) == cap(c.text) {
			c.text = append(c.text, 0)[:len(c.text)]
		}
		n, err := io.ReadFull(in, c.text[len(c.text):cap(c.text)])
		c.text = c.text[:len(c.text)+n]
		read += n
		c.lines = bytes.LastIndexByte(c.text, '\n') + 1
		if c.lines > 0 || err != nil {
			return read, err
		}
	}
}

func (c *chunk) judge(j judge) {
	c.found, c.tally, c.err = c.found[:0], tally{}, nil
	j.tally, j.found = &c.tally, c.found
	var one client
	for text := c.text[:c.lines]; len(text) > 0; {
		end := bytes.IndexByte(text, '\n')
		line := text[:end]
		text = text[end+1:]
		isClient, err := one.read(line)
		if err != nil {
			c.err = err
			return
		}
		if isClient {
			j.client(&one)
		}
	}
	c.found = j.found
}
