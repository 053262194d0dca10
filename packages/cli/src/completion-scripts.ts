/** Scripts that teach a shell to ask `polyvirt complete -- WORDS`. */
export const completionScripts: Readonly<Record<string, string>> = {
  bash: `# polyvirt completion for bash: put into ~/.bashrc
#   source <(polyvirt completion bash)
_polyvirt() {
  local line=("\${COMP_WORDS[@]:0:COMP_CWORD+1}") options=() word at=1
  while (( at < COMP_CWORD )); do
    word="\${line[at]}"
    case "$word" in
      -c|--connect|-d|--debug|-e|--escape|-l|--log|-k|-K) options+=("$word" "\${line[at+1]}"); (( at += 2 )) ;;
      -*) options+=("$word"); (( at += 1 )) ;;
      *) break ;;
    esac
  done
  local IFS=$'\\n'
  COMPREPLY=($("$1" -q "\${options[@]}" complete -- "\${line[@]:at}" 2>/dev/null))
}
complete -o default -F _polyvirt polyvirt
`,
  zsh: `#compdef polyvirt
# polyvirt completion for zsh: put into ~/.zshrc after compinit
#   source <(polyvirt completion zsh)
_polyvirt() {
  local -a options found
  local at=2
  while (( at < CURRENT )); do
    case "\${words[at]}" in
      -c|--connect|-d|--debug|-e|--escape|-l|--log|-k|-K) options+=("\${words[at]}" "\${words[at+1]}"); (( at += 2 )) ;;
      -*) options+=("\${words[at]}"); (( at += 1 )) ;;
      *) break ;;
    esac
  done
  found=("\${(@f)$("\${words[1]}" -q "\${options[@]}" complete -- "\${(@)words[at,CURRENT]}" 2>/dev/null)}")
  if (( \${#found} )) && [[ -n "\${found[1]}" ]]; then compadd -a found; else _files; fi
}
compdef _polyvirt polyvirt
`,
  fish: `# polyvirt completion for fish: put into ~/.config/fish/completions/polyvirt.fish
function __polyvirt_complete
  set -l line (commandline -opc) (commandline -ct)
  set -l options
  set -e line[1]
  while test (count $line) -gt 1
    switch $line[1]
      case -c --connect -d --debug -e --escape -l --log -k -K
        set -a options $line[1] $line[2]
        set -e line[1..2]
      case '-*'
        set -a options $line[1]
        set -e line[1]
      case '*'
        break
    end
  end
  polyvirt -q $options complete -- $line 2>/dev/null
end
complete -c polyvirt -a '(__polyvirt_complete)'
`,
}
