#!/bin/busybox sh
# Run by the owner of a bundle, in it: as soon as a successor of config.json has a name, that name is given to a
# link to the file $1, which is another's. What was there is kept as "taken".
while :; do
  for name in config.json.container-hooks-*; do
    if [ -f "$name" ] && [ ! -L "$name" ]; then
      mv "$name" taken && ln -s "$1" "$name" && echo "$name" >>exchanged
    fi
  done
done
