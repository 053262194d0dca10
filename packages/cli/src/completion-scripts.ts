/** Scripts that teach a shell to ask `polyvirt complete -- WORDS`. */
export const completionScripts: Readonly<Record<string, string>> = {
  bash: `# polyvirt completion for bash: put into ~/.bashrc
#   source <(polyvirt completion bash)
_polyvirt() {
  local rest=\${COMP_LINE:0:COMP_POINT} line=() options=() found=() piece at=1 kept
  # bash cuts words at every : and = as well; what no blank stands between is one.
  rest=\${rest#*"\${COMP_WORDS[0]}"}
  line=("\${COMP_WORDS[0]}")
  for piece in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ $rest == [[:space:]]* ]]; then line+=("$piece"); else line[-1]+=$piece; fi
    rest=\${rest#*"$piece"}
  done
  piece=\${rest#"\${rest%%[![:space:]]*}"}
  if [[ $rest == [[:space:]]* ]]; then line+=("$piece"); else line[-1]+=$piece; fi
  local word=\${line[-1]}
  # As the shell will read them, without running anything that they say.
  for piece in "\${!line[@]}"; do
    case \${line[piece]} in
      [\\'\\"]*) kept=\${line[piece]:0:1} line[piece]=\${line[piece]:1} line[piece]=\${line[piece]%"$kept"} ;;
      *) line[piece]=\${line[piece]//\\\\/} ;;
    esac
  done
  while (( at < \${#line[@]} - 1 )); do
    case \${line[at]} in
      -c|--connect|-d|--debug|-e|--escape|-l|--log|-k|-K) options+=("\${line[at]}" "\${line[at+1]}"); (( at += 2 )) ;;
      -*) options+=("\${line[at]}"); (( at += 1 )) ;;
      *) break ;;
    esac
  done
  mapfile -t found < <("\${1/#\\~\\//$HOME/}" -q "\${options[@]}" complete -- "\${line[@]:at}" 2>/dev/null)
  COMPREPLY=()
  for piece in "\${found[@]}"; do
    # Behind the last : or = only, which is what bash puts it in place of.
    case $word in
      [\\'\\"]*) COMPREPLY+=("$piece") ;;
      *[:=]*) kept=\${line[-1]%"\${line[-1]##*[:=]}"} COMPREPLY+=("$(printf %q "\${piece#"$kept"}")") ;;
      *) COMPREPLY+=("$(printf %q "$piece")") ;;
    esac
  done
}
complete -o default -F _polyvirt polyvirt
`,
  zsh: `#compdef polyvirt
# polyvirt completion for zsh: put into ~/.zshrc after compinit
#   source <(polyvirt completion zsh)
_polyvirt() {
  local -a line options found
  local at=2
  # As the shell will read them, without running anything that they say; the last one ends at the cursor.
  line=("\${(@Q)words[1,CURRENT-1]}" "\${(Q)PREFIX}")
  while (( at < CURRENT )); do
    case "\${line[at]}" in
      -c|--connect|-d|--debug|-e|--escape|-l|--log|-k|-K) options+=("\${line[at]}" "\${line[at+1]}"); (( at += 2 )) ;;
      -*) options+=("\${line[at]}"); (( at += 1 )) ;;
      *) break ;;
    esac
  done
  found=("\${(@f)$("\${line[1]/#\\~\\//$HOME/}" -q "\${options[@]}" complete -- "\${(@)line[at,CURRENT]}" 2>/dev/null)}")
  if (( \${#found} )) && [[ -n "\${found[1]}" ]]; then compadd -a found; else _files; fi
}
compdef _polyvirt polyvirt
`,
  fish: `# polyvirt completion for fish: put into ~/.config/fish/completions/polyvirt.fish
function __polyvirt_complete
  set -l line (commandline -opc)
  # The last word as the shell will read it; its quote may be open still.
  set -l word (commandline -ct)
  set -l quote (string match -r '^["\\']' -- $word)
  set -l read (string unescape -- $word; or string unescape -- $word$quote; or echo -- $word)
  set -l program (string replace -r '^~/' $HOME/ -- $line[1])
  set line $line[2..] "$read"
  set -l options
  while test (count $line) -gt 1
    switch $line[1]
      case -c --connect -d --debug -e --escape -l --log -k -K
        set -a options $line[1..2]
        set -e line[1..2]
      case '-*'
        set -a options $line[1]
        set -e line[1]
      case '*'
        break
    end
  end
  $program -q $options complete -- $line 2>/dev/null
  or __fish_complete_path "$read"
end
complete -c polyvirt -f -a '(__polyvirt_complete)'
`,
}
