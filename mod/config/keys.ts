/**
 * This file lists every key of config.toml: what it takes, what holds where no file sets it, and what it is for.
 *
 * From here follow the types and the defaults of the configuration, what is refused, the config.toml that an
 * installation begins with, what `config show` lists, completions, and the tables of docs/configuration.md,
 * which `deno task docs` writes. The names on the left are those that the program uses.
 */
import {
  absolutePath,
  absolutePaths,
  choice,
  conditions,
  logLevel,
  pathOrNone,
  pluginOptions,
  programs,
  seconds,
  trueOrFalse,
  wholeNumber,
  wholeWithin,
} from "./kinds.ts";
import { keysOf } from "./key.ts";

const general = keysOf("container-hooks");
const ctk = keysOf("container-hooks-ctk");
const runtime = keysOf("container-hooks-runtime");
const plugin = keysOf("plugins.NAME");

/** The keys of all tables but the plugins'. */
export const KEYS = {
  hooksPath: general("path", absolutePath, {
    default: "/etc/container-hooks/hooks.json",
    brief: "The static file of hooks for every container. Where it is set, the file has to exist",
    older: true,
  }),
  pluginDirs: general("plugin-dirs", absolutePaths, {
    default: ["/etc/container-hooks/plugins"],
    brief: "Folders of your plugins",
  }),
  deadline: general("deadline", seconds(1, 110), {
    default: 60,
    brief: "Seconds for the whole of a create, 1 to 110",
    meaning: "Time for the whole of a create, waiting included. kubelet gives up after 120",
  }),
  concurrency: general("concurrency", wholeWithin(0, 1024), {
    default: 0,
    brief: "Containers that are planned at once; 0: four",
    meaning: "Containers that are planned at once; the others wait within their deadline. " +
      "0: four, which keeps them below 300 MB",
  }),
  foreignBundles: general("foreign-bundles", choice("refuse", "accept"), {
    default: "refuse",
    brief: 'Bundles that others than root can write: "refuse" or "accept"',
    meaning:
      "What becomes of a bundle that others than root can write, where a plugin or gate decides about it: they " +
      "could exchange config.json before the runtime reads it. podman's --userns and --uidmap give the bundle to " +
      "the user that the container's root is mapped to",
  }),
  auditLog: general("audit-log", pathOrNone, {
    default: "",
    brief:
      'File for JSON lines of who was allowed or refused, such as /var/log/container-hooks-audit.jsonl; "": none',
    meaning:
      'The audit trail: a JSON line for each container that was allowed, refused or let pass; "": none. ' +
      "Beyond 16 MiB it is renamed to FILE.1 and begun anew",
    example: "/var/log/container-hooks-audit.jsonl",
  }),
  service: general("service", trueOrFalse, {
    default: true,
    brief: "false: each create starts the program, even where the service runs",
    meaning:
      "`false` keeps this host cold: each create starts the program, even where the service of `container-hooks " +
      "serve` runs. The service sees it at the next create",
  }),
  ctkPath: ctk("path", absolutePath, {
    brief: "Where the older toolkit's command was. Accepted; nothing of ours uses it",
    older: true,
  }),
  log: {
    file: runtime("debug", pathOrNone, {
      default: "/var/log/container-hooks-runtime.log",
      brief: 'Our own log; "": none',
      meaning: 'Our own log; "": none. The older toolkit\'s default was a file in /etc/container-hooks',
      older: true,
    }),
    level: runtime("log-level", logLevel, {
      default: "info",
      brief: '"trace", "debug", "info", "warn" or "error"',
      meaning:
        "What is logged: this and all that is graver. A word counts in any case. The older toolkit took " +
        'an unknown word for "info"; here it is refused',
      older: true,
    }),
    format: runtime("log-format", choice("text", "json"), {
      default: "text",
      brief: '"text" or "json"',
      meaning: "How our own log is written",
    }),
  },
  runtimes: runtime("runtimes", programs, {
    default: ["runc", "docker-runc", "crun"],
    brief: "OCI runtimes. `container-hooks install` makes a launcher for each that is found",
    meaning: "The OCI runtime that does the work: the first that is found, a name on PATH. " +
      'The older toolkit\'s default ends before "crun"',
    older: true,
  }),
} as const;

/** The keys of `[plugins.NAME]`, which are the policy for one plugin. */
export const POLICY_KEYS = {
  mode: plugin("mode", choice("enforce", "audit", "off"), {
    default: "enforce",
    brief: '"enforce"; "audit": asked and recorded, nothing done; "off": not asked',
    meaning:
      '"audit": the plugin is asked and its answer is recorded, but nothing is done. "off": it is not asked',
  }),
  onError: plugin("on-error", choice("fail", "warn"), {
    default: "fail",
    brief: 'What a failure of the plugin does to the container: "fail" or "warn"',
    meaning:
      "What a failure of the plugin does to the container: it does not start, or it starts without this " +
      "plugin's edits. A refusal by the plugin is no failure and stops the container either way",
  }),
  timeout: plugin("timeout", seconds(1, 100), {
    default: 10,
    brief: "Seconds for one call, 1 to 100",
    meaning: "Time for one call of the plugin. The deadline of the create goes on beside it",
  }),
  isolation: plugin("isolation", choice("process", "worker"), {
    brief: "Without effect: code from the disk always runs in an isolate",
    meaning:
      "Without effect, and read so that older files stay valid: code from the disk always runs in an " +
      "isolate without permissions",
    example: "worker",
    withoutEffect: true,
  }),
  order: plugin("order", wholeNumber, {
    default: 0,
    brief: "Lower comes first among hooks and mounts",
    meaning:
      "Lower comes first among hooks and mounts; equal ones by name. Every plugin sees the same container " +
      "whatever its order",
  }),
  bypassable: plugin("bypassable", trueOrFalse, {
    default: true,
    brief: "Of a gate: false keeps it while the bypass is on",
    meaning:
      "For gates: `false` keeps this one while `container-hooks bypass` is on; `on-error` says then too " +
      "what comes of a failure",
  }),
  when: plugin("when", conditions, {
    brief: "Narrows the plugin's own",
    example: { image: ["^registry[.]example[.]com/"] },
  }),
  options: plugin("options", pluginOptions, {
    default: {},
    brief: "What the plugin itself defines",
  }),
} as const;
