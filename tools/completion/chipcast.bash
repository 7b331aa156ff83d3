# Completion for bash: source tools/completion/chipcast.bash
# The program itself knows its commands, flags and names; it prints one candidate per line for the last word given.
_chipcast() {
  mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _chipcast chipcast
