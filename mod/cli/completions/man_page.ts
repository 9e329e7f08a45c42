/** The manual page, in the macros of man(7). */
import { VERSION } from "../../core/version.ts";
import { allNodes, type CommandNode, type CommandOption } from "./command_tree.ts";

/** Where what lies, for the section FILES. */
const FILES: readonly (readonly [path: string, what: string])[] = [
  ["/usr/bin/container-hooks", "The commands"],
  ["/usr/bin/container-hooks-runtime", "What engines call as their OCI runtime"],
  ["/usr/libexec/container-hooks", "The program's versions, unpacked"],
  ["/etc/container-hooks/config.toml", "The configuration; conf.d/*.toml beside it adds to it"],
  ["/etc/container-hooks/plugins", "Plugins of the administrator"],
  ["/var/lib/container-hooks", "Index, plugin cache, and the record of the installation"],
  ["/run/container-hooks", "The journal: what was decided for each container"],
];

const STATUSES: readonly (readonly [status: string, what: string])[] = [
  ["0", "It succeeded"],
  ["1", "It failed; one sentence on standard error says what happened and what to do"],
  ["2", "The command line is wrong; of doctor: it found an error"],
];

/** Gets the text of container-hooks.8. */
export function manPage(root: CommandNode): string {
  const commands = allNodes(root).filter((node) => node.commands.length === 0);
  return [
    `.TH CONTAINER\\-HOOKS 8 "" "container\\-hooks ${text(VERSION)}" "System Administration"`,
    ".SH NAME",
    "container\\-hooks \\- hooks, mounts and variables for containers, decided one by one",
    ".SH SYNOPSIS",
    ".B container\\-hooks",
    ".I COMMAND",
    "[\\fIOPTION\\fR ...]",
    ".SH DESCRIPTION",
    text(`${root.brief}.`),
    "Engines call it as their OCI runtime, by the name of container\\-hooks\\-runtime; it looks at each",
    "container that is about to be created and becomes the real runtime, runc or crun.",
    ".SH COMMANDS",
    ...commands.flatMap(command),
    ".SH FILES",
    ...FILES.flatMap(([path, what]) => entry(`\\fI${text(path)}\\fR`, what)),
    ".SH EXIT STATUS",
    ...STATUSES.flatMap(([status, what]) => entry(status, what)),
    ".SH SEE ALSO",
    ".BR runc (8),",
    ".BR crun (1)",
    "",
  ].join("\n");
}

function command({ usage, brief, description, options }: CommandNode): string[] {
  return [
    `.SS ${text(usage)}`,
    text(`${brief}.`),
    ...description ? [".PP", text(description)] : [],
    ...options.flatMap((option) => entry(optionText(option), option.brief)),
  ];
}

function optionText({ name, letter, value }: CommandOption): string {
  const names = [`\\fB${text(`--${name}`)}\\fR`, ...letter ? [`\\fB${text(`-${letter}`)}\\fR`] : []].join(
    ", ",
  );
  return value ? `${names} \\fI${text(value.choices.join("|") || value.placeholder)}\\fR` : names;
}

function entry(term: string, what: string): string[] {
  return [".TP", term, text(`${what}.`)];
}

/** A text that roff takes as it is: no escapes, no request at the beginning of a line, real hyphens. */
function text(plain: string): string {
  return plain.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^([.'])/gm, "\\&$1");
}
