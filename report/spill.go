package report

import (
	"bytes"
	"io"
	"os"

	"github.com/nscheck/nscheck/internal/tempfile"
)

// spillMemory is how many bytes stay in memory before they go to a temporary file.
const spillMemory = 64 << 10

// spill keeps what is written to it until it is copied elsewhere: in memory
// while it is little, in a temporary file when it is much.
type spill struct {
	memory bytes.Buffer
	file   *os.File
}

func (s *spill) Write(b []byte) (int, error) {
	if s.memory.Len()+len(b) > spillMemory {
		if err := s.flush(); err != nil {
			return 0, err
		}
	}
	return s.memory.Write(b)
}

func (s *spill) flush() error {
	if s.file == nil {
		f, err := tempfile.Create("", "nscheck-report-*")
		if err != nil {
			return err
		}
		s.file = f
	}
	_, err := s.memory.WriteTo(s.file)
	return err
}

// copyTo writes all that was written, in order.
func (s *spill) copyTo(w io.Writer) error {
	if s.file != nil {
		if _, err := s.file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if _, err := io.Copy(w, s.file); err != nil {
			return err
		}
	}
	_, err := s.memory.WriteTo(w)
	return err
}

// close removes the temporary file.
func (s *spill) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}
