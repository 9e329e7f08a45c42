/** container-hooks(8): what there is, and where it lies. */
import type { CommandNode } from "../completions/command_tree.ts";
import { entry, type ManPage, manPage, roff, seeAlso } from "./roff.ts";

/** Where what lies, for the section FILES. */
const FILES: readonly (readonly [path: string, what: string])[] = [
  ["/usr/bin/container-hooks", "The commands"],
  ["/usr/bin/container-hooks-runtime", "What engines call as their OCI runtime"],
  ["/usr/libexec/container-hooks", "The program's versions, unpacked"],
  ["/usr/share/doc/container-hooks", "The documentation, types for authors of plugins, and examples"],
  ["/etc/container-hooks/config.toml", "The configuration; conf.d/*.toml beside it adds to it"],
  ["/etc/container-hooks/plugins", "Plugins of the administrator"],
  ["/var/lib/container-hooks", "Index, plugin cache, and the record of the installation"],
  ["/run/container-hooks", "The journal: what was decided for each container"],
  ["/var/log/container-hooks-runtime.log", "Our own log; beyond 16 MiB it is renamed to *.1 and begun anew"],
];

const STATUSES: readonly (readonly [status: string, what: string])[] = [
  ["0", "It succeeded"],
  ["1", "It failed; one sentence on standard error says what happened and what to do"],
  ["2", "The command line is wrong; of doctor: it found an error"],
];

/** Makes it; each command has a page of its own. */
export function overviewPage({ brief, commands }: CommandNode): ManPage {
  return manPage("container-hooks", 8, "hooks, mounts and variables for containers, decided one by one", [
    ".SH SYNOPSIS",
    ".B container\\-hooks",
    ".I COMMAND",
    "[\\fIOPTION\\fR ...]",
    ".SH DESCRIPTION",
    roff(`${brief}.`),
    "Engines call it as their OCI runtime, by the name of container\\-hooks\\-runtime; it looks at each",
    "container that is about to be created and becomes the real runtime, runc or crun.",
    ".SH COMMANDS",
    "Each has a page of its own: container\\-hooks\\-explain(8) is that of explain.",
    ...commands.flatMap(({ words, brief }) => entry(`\\fB${roff(words[0]!)}\\fR`, brief)),
    ".SH FILES",
    ...FILES.flatMap(([path, what]) => entry(`\\fI${roff(path)}\\fR`, what)),
    ".SH EXIT STATUS",
    ...STATUSES.flatMap(([status, what]) => entry(status, what)),
    ...seeAlso([["container-hooks.toml", 5], ["runc", 8], ["crun", 1]]),
  ]);
}
