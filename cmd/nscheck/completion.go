package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/nscheck/nscheck/report"
)

// completionScripts ask nscheck itself for the possible words.
var completionScripts = map[string]string{
	"bash": `_nscheck() {
  local cur="${COMP_WORDS[COMP_CWORD]}"
  local words=("${COMP_WORDS[@]:0:COMP_CWORD}")
  [[ "$cur" == -* ]] && words+=("$cur")
  COMPREPLY=($(compgen -W "$("${words[@]}" --generate-bash-completion)" -- "$cur"))
}
complete -o bashdefault -o default -F _nscheck nscheck
`,
	"zsh": `#compdef nscheck
_nscheck() {
  local -a opts
  local cur="${words[-1]}"
  if [[ "$cur" == -* ]]; then
    opts=("${(@f)$(${words[@]:0:#words[@]-1} ${cur} --generate-bash-completion)}")
  else
    opts=("${(@f)$(${words[@]:0:#words[@]-1} --generate-bash-completion)}")
  fi
  [[ -n "${opts[1]}" ]] && _describe 'values' opts || _files
}
compdef _nscheck nscheck
`,
	"powershell": `Register-ArgumentCompleter -Native -CommandName nscheck -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = $commandAst.CommandElements | ForEach-Object { "$_" }
  if ($wordToComplete -and -not $wordToComplete.StartsWith('-')) { $words = $words[0..($words.Length - 2)] }
  $rest = @($words | Select-Object -Skip 1) + '--generate-bash-completion'
  & $words[0] $rest | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`,
}

// completeFormats lets a command complete what follows --format.
func completeFormats(c *cli.Command) *cli.Command {
	flags := cli.DefaultCompleteWithFlags(c)
	c.BashComplete = func(ctx *cli.Context) {
		// The last word is the flag by which the script asks.
		if n := len(os.Args); n > 2 && slices.Contains([]string{"-f", "-format", "--format"}, os.Args[n-2]) {
			for _, name := range report.Names {
				fmt.Fprintln(ctx.App.Writer, name)
			}
			return
		}
		flags(ctx)
	}
	return c
}

func completionCommand() *cli.Command {
	shells := slices.Sorted(maps.Keys(completionScripts))
	return &cli.Command{
		Name:      "completion",
		Usage:     "print a script that completes commands and flags in a shell",
		ArgsUsage: strings.Join(shells, "|"),
		Action: func(c *cli.Context) error {
			shell, err := oneArgument(c, "a shell: "+strings.Join(shells, ", "))
			if err != nil {
				return err
			}
			script, ok := completionScripts[shell]
			if !ok {
				return fmt.Errorf("there is no completion for %q; use %s", shell, strings.Join(shells, ", "))
			}
			_, err = fmt.Fprint(c.App.Writer, script)
			return err
		},
	}
}
