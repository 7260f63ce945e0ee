import type { Shell } from './shells.ts';

/**
 * The completion script of a shell. It holds no commands: it asks the msa on the line, hidden behind `__complete`, so
 * that it stays right when msa is updated.
 */
export function renderCompletionScript(shell: Shell): string {
  return scripts[shell];
}

// Written for bash 3.2, which macOS has: no mapfile, and compopt only where it exists.
const bash = `# bash completion for msa
_msa() {
  local program="\${COMP_WORDS[0]}" entry kind=""
  type -P "$program" >/dev/null 2>&1 || program=msa
  COMPREPLY=()
  while IFS= read -r entry; do
    case "$entry" in
      :*) kind="$entry" ;;
      *) COMPREPLY+=("\${entry%%$'\\t'*}") ;;
    esac
  done < <(MSA_COMPLETE_LINE="\${COMP_LINE:0:COMP_POINT}" MSA_COMPLETE_WORD="$2" "$program" __complete 2>/dev/null)
  [ -n "$kind" ] || return 0
  type compopt >/dev/null 2>&1 && compopt -o filenames
  local action=-f
  [ "$kind" = :directories ] && action=-d
  while IFS= read -r entry; do COMPREPLY+=("$entry"); done < <(compgen $action -- "$2")
}
complete -F _msa msa
`;

const zsh = `#compdef msa
# zsh completion for msa
_msa() {
  local program=\${(Q)words[1]} entry kind
  local -a entries
  (( $+commands[$program] )) || [[ -x $program ]] || program=msa
  for entry in "\${(@f)$(MSA_COMPLETE_LINE="\${(j: :)words[1,CURRENT-1]} $PREFIX" "$program" __complete 2>/dev/null)}"; do
    case $entry in
      '') ;;
      :*) kind=$entry ;;
      *$'\\t'*) entries+=("\${\${entry%%$'\\t'*}//:/\\\\:}:\${entry#*$'\\t'}") ;;
      *) entries+=("\${entry//:/\\\\:}") ;;
    esac
  done
  (( $#entries )) && _describe -V msa entries
  [[ -n $kind ]] || return 0
  compset -P '--*='
  if [[ $kind == :directories ]]; then _path_files -/; else _files; fi
}
# Autoloaded from fpath it is called now; sourced it registers itself.
if [ "$funcstack[1]" = _msa ]; then
  _msa "$@"
elif (( $+functions[compdef] )); then
  compdef _msa msa
else
  print -u2 'msa: run compinit before this script (autoload -U compinit; compinit)'
fi
`;

const fish = `# fish completion for msa
function __msa_complete
    set -l program (commandline -opc)[1]
    type -q -- $program; or set program msa
    set -l token (commandline -ct)
    # A list without elements would swallow the paths it is joined to.
    set -l prefix (string match -r -- '^--[^=]+=' $token; or echo '')
    set -l path (string replace -r -- '^--[^=]+=' '' $token)
    for entry in (MSA_COMPLETE_LINE=(commandline -cp | string collect) $program __complete 2>/dev/null)
        switch $entry
            case :files
                printf '%s\\n' $prefix(__fish_complete_path $path)
            case :directories
                printf '%s\\n' $prefix(__fish_complete_directories $path '')
            case '*'
                printf '%s\\n' $entry
        end
    end
end
complete -c msa -f -a '(__msa_complete)'
`;

const powershell = `# PowerShell completion for msa
Register-ArgumentCompleter -Native -CommandName msa -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $length = [Math]::Max(0, $cursorPosition - $commandAst.Extent.StartOffset)
    $env:MSA_COMPLETE_LINE = $commandAst.ToString().PadRight($length).Substring(0, $length)
    $env:MSA_COMPLETE_SHELL = 'powershell'
    try {
        & $commandAst.GetCommandName() __complete 2>$null | ForEach-Object {
            if ($_ -eq ':files' -or $_ -eq ':directories') {
                [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete)
            } else {
                $value, $description = $_ -split "\`t", 2
                if (-not $description) { $description = $value }
                [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
            }
        }
    } finally {
        Remove-Item Env:MSA_COMPLETE_LINE, Env:MSA_COMPLETE_SHELL -ErrorAction SilentlyContinue
    }
}
`;

const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish, powershell };
