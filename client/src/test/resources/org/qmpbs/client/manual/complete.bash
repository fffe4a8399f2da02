# complete.bash FOLDER LINE... - each line, and what bash offers for its last word, in FOLDER.
cd "$1" || exit 1
source completion/qmpbs.bash || exit 1
shift
function=$(complete -p qmpbs | sed 's/.*-F \([^ ]*\).*/\1/')
for line; do
  printf '%s\n' "$line"
  # As bash does it: a blank behind a backslash is a part of the word, an equals sign is a word.
  blank=$'\001'
  IFS=' ' read -r -a COMP_WORDS <<< "$(sed "s/\\\\ /$blank/g; s/=/ = /g" <<< "$line")"
  [[ $line != *' ' ]] || COMP_WORDS+=('')
  COMP_WORDS=("${COMP_WORDS[@]//$blank/\\ }")
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  COMPREPLY=()
  $function qmpbs "${COMP_WORDS[COMP_CWORD]}"
  [[ ${#COMPREPLY[@]} = 0 ]] || printf '%s\n' "${COMPREPLY[@]}"
done
