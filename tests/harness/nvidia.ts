/**
 * A stand-in for nvidia-container-runtime: takes any word `create` for the command, writes config.json anew in
 * place, and becomes the first low-level runtime of its configuration that it finds.
 */
import type { WorkFolder } from "./work_folder.ts";

/** The stand-in, and what its configuration can be set to. */
export interface NvidiaRuntime {
  path: string;
  /** Names looked up on PATH, or absolute paths. */
  setRuntimes(runtimes: string[]): void;
}

/** The variable that it gives to a container. */
export const NVIDIA_VARIABLE = "NVIDIA_STAND_IN=1";

/** Makes one in front of runc and crun. */
export function nvidiaRuntime(work: WorkFolder): NvidiaRuntime {
  const configuration = work.file("nvidia/runtimes", "runc\ncrun\n");
  const path = work.program(
    "nvidia/nvidia-container-runtime",
    `#!/bin/sh
creates='' bundle=. before=''
for word do
  [ "$word" != create ] || creates=yes
  [ "$before" != --bundle ] || bundle=$word
  before=$word
done
if [ -n "$creates" ]; then
  edited=$(sed 's/"env": \\[/&"${NVIDIA_VARIABLE}",/' "$bundle/config.json")
  printf '%s\\n' "$edited" >"$bundle/config.json"
fi
while read -r runtime; do
  found=$(command -v "$runtime") && exec "$found" "$@"
done <${configuration}
echo "no low-level runtime was found" >&2
exit 1
`,
  );
  return {
    path,
    setRuntimes: (runtimes) => void work.file("nvidia/runtimes", `${runtimes.join("\n")}\n`),
  };
}
