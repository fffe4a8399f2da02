# complete.fish FOLDER LINE... - each line, and what fish offers for its last word, in FOLDER.
cd $argv[1]; or exit 1
source completion/qmpbs.fish; or exit 1
for line in $argv[2..-1]
    echo -- $line
    complete -C $line | string split -f 1 \t
end
