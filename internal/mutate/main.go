// Command mutate changes the meaning of the built-in rules, one place at a time,
// and checks that a Rego test or a worked example fails for each change. It
// prints the changes that nothing noticed, the survivors.
//
// A mutant exchanges a comparison, an arithmetic or set operator, or functions such as
// min and max; drops a condition, a clause, or an element of a list; adds or removes
// not; turns some into every or back; exchanges sure and possible, true and
// false; or changes a number. It is compiled in memory with what it needs, and
// only the tests and examples of its own file run, or for a library also those of the
// rules that use it. Mutants that do not compile are left out.
//
// The list testdata/equivalent.yaml names survivors that change no answer, each with
// the reason. The exit status is 1 if a survivor is missing in the list, or if an entry
// of the list matches no survivor, and 2 if the work could not be done.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/nscheck/nscheck/policies"
)

// errFound says that the run itself worked.
var errFound = errors.New("survivors or stale entries")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	switch err := run(ctx, os.Args[1:], os.Stdout); {
	case errors.Is(err, errFound):
		os.Exit(1)
	case err != nil && !errors.Is(err, flag.ErrHelp):
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(2)
	}
}

// options choose the mutants.
type options struct {
	run     *regexp.Regexp // of files, and of ids of rules
	sample  int            // 0 means all
	seed    uint64
	verbose bool
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("mutate", flag.ContinueOnError)
	pattern := flags.String("run", "", "only files such as site/overlapping_subnets.rego, or ids of rules, that match this `pattern`")
	var o options
	flags.IntVar(&o.sample, "sample", 0, "only this `number` of mutants, at random; 0 means all")
	flags.Uint64Var(&o.seed, "seed", 1, "`number` that chooses the sample")
	flags.BoolVar(&o.verbose, "v", false, "print all mutants, and the test that failed")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var err error
	if o.run, err = regexp.Compile(*pattern); err != nil {
		return fmt.Errorf("-run: %w", err)
	}
	p, err := readPack(builtin{})
	if err != nil {
		return err
	}
	reviewed, err := readReviewed(equivalentText)
	if err != nil {
		return err
	}
	return p.mutate(ctx, o, reviewed, out)
}

// builtin is the built-in pack with its schemas.
type builtin struct{}

func (builtin) Open(name string) (fs.File, error) {
	if strings.HasPrefix(name, "schemas/") {
		return policies.Schemas.Open(name)
	}
	return policies.FS.Open(name)
}

// mutate tries the mutants that o chooses and prints the survivors.
func (p *pack) mutate(ctx context.Context, o options, reviewed []entry, out io.Writer) error {
	mutants, err := p.choose(o)
	if err != nil {
		return err
	}
	if err := p.check(ctx, mutants); err != nil {
		return err
	}
	outcomes := make([]outcome, len(mutants))
	var running errgroup.Group
	running.SetLimit(runtime.GOMAXPROCS(0))
	for i, m := range mutants {
		running.Go(func() (err error) {
			outcomes[i], err = p.try(ctx, m)
			return err
		})
	}
	if err := running.Wait(); err != nil {
		return err
	}
	counts := map[outcome]int{}
	var survivors []*mutant
	for i, m := range mutants {
		counts[outcomes[i]]++
		if outcomes[i] == survived {
			survivors = append(survivors, m)
		}
		if o.verbose {
			fmt.Fprintln(out, outcomes[i], m.Killer, m)
		}
	}
	unexplained, stale := match(survivors, reviewed, func(file string) bool { return o.sample == 0 && p.chosen(file, o) })
	for _, m := range unexplained {
		fmt.Fprintln(out, m)
	}
	for _, e := range stale {
		fmt.Fprintf(out, "internal/mutate/testdata/equivalent.yaml: no mutant survives that matches: %s, in %s of %s: %s\n", e.Change, e.Rule, e.File, e.Source)
	}
	fmt.Fprintf(out, "%d mutants killed, %d survived: %d of them in the reviewed list, %d not; %d entries of the list match nothing; %d did not compile\n",
		counts[killed], counts[survived], len(survivors)-len(unexplained), len(unexplained), len(stale), counts[invalid])
	if len(unexplained)+len(stale) > 0 {
		return errFound
	}
	return nil
}

// choose returns the mutants that o asks for, in the order of the files.
func (p *pack) choose(o options) ([]*mutant, error) {
	var all []*mutant
	for _, file := range p.files() {
		if p.chosen(file, o) {
			all = append(all, mutantsOf(file, p.texts[file], p.rules[file])...)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no file and no rule matches -run %s", o.run)
	}
	if o.sample > 0 && o.sample < len(all) {
		sampled := make([]*mutant, o.sample)
		for i, at := range rand.New(rand.NewPCG(o.seed, 0)).Perm(len(all))[:o.sample] {
			sampled[i] = all[at]
		}
		all = sampled
		slices.SortStableFunc(all, func(a, b *mutant) int { return strings.Compare(a.File, b.File) })
	}
	return all, nil
}

// chosen reports whether o asks for a file.
func (p *pack) chosen(file string, o options) bool {
	return o.run == nil || o.run.MatchString(file) || p.ids[file] != "" && o.run.MatchString(p.ids[file])
}
