# complete.zsh FOLDER LINE... - each line, and what zsh offers for its last word, in FOLDER.
#
# Completion runs only in an interactive shell with a terminal: zpty is one. compadd, which adds
# matches, is replaced by one that tells them, too.
zmodload zsh/zpty || exit 1
cd $1 || exit 1
folder=$PWD
shift
zpty shell zsh -f -i
zpty -w shell "PS1= PROMPT2= RPS1=; stty -echo columns 500 rows 500; LISTMAX=10000; cd ${(q)folder}"
zpty -w shell 'fpath=($PWD/completion $fpath); autoload -Uz compinit; compinit -u -D'
zpty -w shell 'compadd () {
  case ${@[1,(i)(-|--)]} in *-(O|A|D)\ *) builtin compadd "$@"; return $? ;; esac
  local -a __hits
  builtin compadd -O __hits "$@"
  (( $#__hits )) && print -rl -- ${__hits/#/HIT } > /dev/tty
  builtin compadd "$@"
}'
zpty -w shell 'tell () { zle list-choices; BUFFER=; print -r -- FINISH > /dev/tty }'
zpty -w shell 'zle -C list-choices list-choices _main_complete; zle -N tell; bindkey "^X" tell'
zpty -w shell 'print READY'
zpty -r shell out '*READY*'
for line; do
  print -r -- $line
  zpty -w -n shell "$line"$'\x18'
  zpty -r shell out '*FINISH*'
  for match in ${(f)out}; do
    match=${match%$'\r'}
    case $match in *HIT\ *) print -r -- ${match##*HIT } ;; esac
  done
done
zpty -d shell
exit 0
