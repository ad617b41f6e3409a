export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * The scripts ask the program itself at every Tab, so that they never go stale: new commands, plugins and names from
 * the project file are there at once. A line of the answer is `value<TAB>description`; lines that begin with a tab
 * are orders: `\tfiles` (offer files too), `\topen` (no space after the word).
 */
export function renderScript(shell: Shell, bin: string): string {
  const name = bin.replaceAll(/[^A-Za-z0-9]/g, '_');
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](bin, name);
}

export function installHint(shell: Shell, bin: string): string {
  if (shell === 'fish') return `${bin} autocomplete fish > ~/.config/fish/completions/${bin}.fish`;
  if (shell === 'zsh') return `echo 'source <(${bin} autocomplete zsh)' >> ~/.zshrc`;
  return `echo 'source <(${bin} autocomplete bash)' >> ~/.bashrc`;
}

function bashScript(bin: string, name: string): string {
  return `# ${bin} completion for bash
_${name}_complete() {
  local line IFS=$'\\n' files= current="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  while read -r line; do
    case "$line" in
      $'\\t'files) files=1 ;;
      $'\\t'open) compopt -o nospace 2>/dev/null ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <(${bin} autocomplete values bash -- "\${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
  if [ -n "$files" ]; then
    compopt -o filenames 2>/dev/null
    [ "$current" = "=" ] && current=
    COMPREPLY+=($(compgen -f -- "$current"))
  fi
}
complete -F _${name}_complete ${bin}
`;
}

function zshScript(bin: string, name: string): string {
  return `#compdef ${bin}
_${name}_complete() {
  local line files=0 value description
  local -a plain open_words entries suffix
  for line in "\${(@f)$(${bin} autocomplete values zsh -- "\${(@)words[1,CURRENT]}" 2>/dev/null)}"; do
    case "$line" in
      ($'\\t'files) files=1 ;;
      ($'\\t'open) suffix=(-S '') ;;
      ('') ;;
      (*)
        value="\${line%%$'\\t'*}"
        description="\${line#*$'\\t'}"
        entries+=("\${value//:/\\\\:}:\${description}")
        ;;
    esac
  done
  (( \${#entries} )) && _describe '${bin}' entries "\${suffix[@]}"
  (( files )) && _files
}
if [ "$funcstack[1]" = "_${name}_complete" ]; then
  _${name}_complete "$@"
else
  (( \${+functions[compdef]} )) || { autoload -Uz compinit && compinit; }
  compdef _${name}_complete ${bin}
fi
`;
}

function fishScript(bin: string, name: string): string {
  return `# ${bin} completion for fish
function __${name}_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in (${bin} autocomplete values fish -- $words 2>/dev/null)
        switch $line
            case \\t'files'
                __fish_complete_path (commandline -ct)
            case \\t'*'
            case '*'
                echo $line
        end
    end
end
complete -c ${bin} -f -a '(__${name}_complete)'
`;
}
