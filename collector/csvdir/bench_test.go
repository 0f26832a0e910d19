package csvdir

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/nscheck/nscheck/collector/cmdb"
	"github.com/nscheck/nscheck/snapshot"
)

// nothing is a sink that counts.
type nothing struct{ clients int }

func (*nothing) WriteManifest(*snapshot.Manifest) error { return nil }
func (*nothing) WriteEstate(*snapshot.Estate) error     { return nil }
func (n *nothing) WriteClient(*snapshot.Client) error {
	n.clients++
	return nil
}

// BenchmarkClients reads clients, in no order, with a second file about them.
// heap-MiB is the most memory that the heap had in use, sampled while it ran.
//
//	go test ./collector/csvdir -run '^$' -bench Clients -benchtime 1x
func BenchmarkClients(b *testing.B) {
	for _, clients := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(clients), func(b *testing.B) {
			dir := b.TempDir()
			writeClients(b, dir, clients)
			done, peak := make(chan struct{}), make(chan uint64)
			runtime.GC()
			go func() { peak <- watchHeap(done) }()
			for b.Loop() {
				s, err := Open(dir)
				if err != nil {
					b.Fatal(err)
				}
				var out nothing
				if _, err := s.Collect(b.Context(), &out, cmdb.Options{TempDir: b.TempDir()}); err != nil || out.clients != clients {
					b.Fatal(out.clients, err)
				}
				_ = s.Close()
			}
			close(done)
			b.ReportMetric(float64(<-peak)/(1<<20), "heap-MiB")
			b.ReportMetric(float64(2*clients*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func watchHeap(done chan struct{}) (most uint64) {
	for {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most = max(most, m.HeapInuse)
		select {
		case <-done:
			return most
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func writeClients(b *testing.B, dir string, clients int) {
	random := rand.New(rand.NewPCG(1, 2))
	files := map[string]*bufio.Writer{}
	for name, header := range map[string]string{
		"clients.csv": "key,name,managed,active,status,domain,os_name\n", "clients.task_agent.csv": "key,registered_at\n",
	} {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		files[name] = bufio.NewWriter(f)
		defer files[name].Flush()
		fmt.Fprint(files[name], header)
	}
	for i := range clients {
		guid := fmt.Sprintf("%08X-0000-4000-8000-%012X", random.Uint32(), i)
		fmt.Fprintf(files["clients.csv"], "%s,PC%07d,1,1,Active,CORP,Windows 7 Professional\n", guid, i)
		fmt.Fprintf(files["clients.task_agent.csv"], "%s,2014-03-03 06:00:00\n", guid)
	}
}
