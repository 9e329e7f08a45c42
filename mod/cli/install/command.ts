/** What `container-hooks install` and `uninstall` are called and take. */
import { buildCommand } from "@stricli/core";
import { json } from "../kit/flags.ts";
import { parseFolder } from "../kit/parse_folder.ts";

const dryRun = {
  kind: "boolean",
  brief: "Print what would be done, and change nothing",
  default: false,
} as const;
const root = {
  kind: "parsed",
  parse: parseFolder,
  brief: "Root of another system, such as an image that is being built",
  placeholder: "DIR",
  optional: true,
} as const;

/** Lays out the program. */
export const install = buildCommand({
  docs: {
    brief: "Install this file: commands, a launcher for each OCI runtime, configuration, man page",
    fullDescription:
      "Puts the running file in place, from wherever it was started. An installation that is there is " +
      "upgraded; containers may be created meanwhile. Engines are left alone: `container-hooks runtime " +
      "configure` tells them.",
  },
  parameters: {
    flags: {
      json,
      dryRun,
      root,
      service: {
        kind: "boolean",
        brief: "Have systemd run the service. Default: as before, else yes",
        optional: true,
      },
      prefix: {
        kind: "parsed",
        parse: parseFolder,
        brief:
          "Folder for the program itself. Default: where it is, else libexec/container-hooks beside --bindir",
        placeholder: "DIR",
        optional: true,
      },
      bindir: {
        kind: "parsed",
        parse: parseFolder,
        brief:
          "Folder for commands and launchers, with the rest beside it. Default: where they are, else /usr/bin",
        placeholder: "DIR",
        optional: true,
      },
    },
  },
  loader: async () => (await import("./install.ts")).installProgram,
});

/** Takes it back. */
export const uninstall = buildCommand({
  docs: {
    brief: "Remove what install has made, and nothing that was changed since",
    fullDescription:
      "Refuses while an engine's configuration or a container still names the program. Bundles that " +
      "somebody keeps get their original config.json back.",
  },
  parameters: {
    flags: {
      json,
      dryRun,
      root,
      force: { kind: "boolean", brief: "Also while the program is in use", default: false },
      purge: { kind: "boolean", brief: "Configuration, plugins, backups and logs, too", default: false },
    },
  },
  loader: async () => (await import("./uninstall.ts")).uninstallProgram,
});
