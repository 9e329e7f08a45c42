/**
 * Every message that the program can fail with, in one catalogue.
 *
 * An entry turns details into two texts: what happened (what, where, why) and what to do. Both are half
 * sentences without a capital or a full stop, so that they join into the one sentence that a user reads:
 *
 *     cannot start container web: config.json in /b has two keys "env" (line 9, process.env); remove one of them
 *
 * Texts that come from a container (ids, keys, paths) go through {@linkcode quote}, which keeps them on one
 * line and harmless on a terminal.
 */
import { visible, visibleJson } from "./visible.ts";

/** What happened, what to do about it, and the exit status where it is not 1. */
type Entry = { what: string; remedy: string; status?: number };

const BYPASS = "`container-hooks bypass on` lets containers start without us meanwhile";

const catalogue = {
  // ---- files and trust
  "file-missing": (d: { what: string; path: string }): Entry => ({
    what: `${d.what} ${quote(d.path)} does not exist`,
    remedy: "create it or correct the path",
  }),
  "file-kind": (d: { what: string; path: string; kind: string; wanted?: string }): Entry => ({
    what: `${d.what} ${quote(d.path)} is ${d.kind}, not ${d.wanted ?? "a regular file"}`,
    remedy: `put ${d.wanted ?? "a regular file"} in its place`,
  }),
  "file-unreadable": (d: { what: string; path: string; why: string }): Entry => ({
    what: `${d.what} ${quote(d.path)} cannot be read: ${d.why}`,
    remedy: "check its owner and mode",
  }),
  "file-unwritable": (d: { what: string; path: string; why: string }): Entry => ({
    what: `${d.what} ${quote(d.path)} cannot be written: ${d.why}`,
    remedy: /does not exist|no such file/.test(d.why)
      ? "make its folder first, or correct the path"
      : "make the folder writable for its owner, and for nobody else, and make sure that the disk has space",
  }),
  "file-too-large": (d: { what: string; path: string; size: number; limit: number }): Entry => ({
    what: `${d.what} ${quote(d.path)} is ${mebibytes(d.size)}, more than the limit of ${mebibytes(d.limit)}`,
    remedy: "make it smaller",
  }),
  "file-changed": (d: { what: string; path: string }): Entry => ({
    what: `${d.what} ${quote(d.path)} was exchanged while it was being opened`,
    remedy: "find out who writes there, then try again",
  }),
  "untrusted": (
    d: { what: string; path: string; part: string; why: string; sticky?: boolean },
  ): Entry => ({
    what: `${d.what} ${quote(d.path)} is not trusted: ${d.part === d.path ? "it" : quote(d.part)} ${d.why}`,
    remedy: trustRemedy(d),
  }),
  "not-executable": (d: { what: string; path: string }): Entry => ({
    what: `${d.what} ${quote(d.path)} is not executable`,
    remedy: `chmod +x ${quote(d.path)}`,
  }),

  "script": (d: { what: string; path: string; why: string; remedy: string }): Entry => ({
    what: `${d.what} ${quote(d.path)} ${d.why}, so that the kernel does not start it`,
    remedy: d.remedy,
  }),

  // ---- the service
  "service-runs": (d: { folder: string }): Entry => ({
    what: `another service of container-hooks holds ${quote(d.folder)}`,
    remedy: "`container-hooks serve --status` tells which; end it first if this one is to serve",
  }),
  "service-status": (d: { path: string }): Entry => ({
    what: `${quote(d.path)} is no status of a service of container-hooks`,
    remedy: "remove it; the service writes it anew within a second",
  }),

  // ---- what is on record
  "newer-format": (d: { what: string; path: string; format: number }): Entry => ({
    what: `a newer container-hooks has written ${d.what}, ${quote(d.path)}, in format ${d.format}, ` +
      "which this version cannot read",
    remedy: "install that version again; nothing of it was changed",
  }),
  "ambiguous": (d: { word: string; candidates: string[] }): Entry => ({
    what: `${quote(d.word)} may be ${d.candidates.length} containers: ${oneLine(d.candidates.join(", "))}`,
    remedy: "name one of them, by more of its id or by its whole name",
  }),

  // ---- JSON text
  "json-empty": (d: { what: string }): Entry => ({
    what: `${d.what} is empty`,
    remedy: "put back what it held; an empty object is {}",
  }),
  "json-bom": (d: { what: string }): Entry => ({
    what: `${d.what} begins with a byte order mark, which no runtime accepts`,
    remedy: "save it as UTF-8 without one",
  }),
  "json-encoding": (d: { what: string }): Entry => ({
    what: `${d.what} is not UTF-8`,
    remedy: "save it as UTF-8",
  }),
  "json-syntax": (d: { what: string; line: number; column: number; why: string }): Entry => ({
    what: `${d.what} is not JSON: ${d.why} at line ${d.line}, column ${d.column}`,
    remedy: "correct it there",
  }),
  "json-deep": (d: { what: string; limit: number; line: number; column: number }): Entry => ({
    what:
      `${d.what} has more than ${d.limit} objects and arrays inside one another at line ${d.line}, column ${d.column}`,
    remedy: "flatten it; no runtime needs as many",
  }),
  "json-duplicate": (
    d: { what: string; key: string; line: number; column: number; path: string },
  ): Entry => ({
    what: `${d.what} has the key ${quote(d.key)} twice in one object (${
      quote(d.path)
    }, the second at line ${d.line}, column ${d.column}), so what it means is ambiguous`,
    remedy: "remove one of them",
  }),
  "json-not-object": (d: { what: string; found: string }): Entry => ({
    what: `${d.what} holds ${d.found} where an object belongs`,
    remedy: "correct it: it is to begin with { and to end with }",
  }),
  "config-field": (d: { what: string; field: string; wanted: string }): Entry => ({
    what: `${d.what} has a field ${quote(d.field)} that is not ${d.wanted}`,
    remedy: "correct it; the OCI runtime specification says what it holds",
  }),
  "config-text": (d: { what: string; field: string; why: string }): Entry => ({
    what: `${d.what} has a key or text at ${quote(d.field)} with ${d.why}`,
    remedy: "take it out",
  }),
  "config-spelling": (d: { what: string; field: string; known: string }): Entry => ({
    what: `${d.what} has a field ${
      quote(d.field)
    }, which some runtimes take for ${d.known} and others do not`,
    remedy: `spell it ${d.known}, as the OCI runtime specification does, or remove it`,
  }),
  "json-edit": (d: { what: string; path: string; why: string }): Entry => ({
    what: `${d.what} cannot be edited at ${quote(d.path)}: ${d.why}`,
    remedy: "correct that field",
  }),

  // ---- configuration
  "config-place": (d: { value: string }): Entry => ({
    what: `CONTAINER_HOOKS_CONFIG is ${quote(d.value)}, which is not an absolute path`,
    remedy: "give it the absolute path of a configuration file, or unset it",
  }),
  "config-syntax": (d: { file: string; line: number; column: number; why: string }): Entry => ({
    what: `${quote(d.file)}:${d.line}:${d.column} is not TOML: ${oneLine(d.why)}`,
    remedy: `correct that line; ${BYPASS}`,
  }),
  "config-unknown-key": (d: { file: string; line?: number; key: string; suggestion?: string }): Entry => ({
    what: `${place(d)} has an unknown key ${quote(d.key)}`,
    remedy: `${
      d.suggestion ? `did you mean ${quote(d.suggestion)}? Otherwise remove it` : "remove it"
    }; ${BYPASS}`,
  }),
  "config-value": (
    d: { file: string; line?: number; key: string; found: string; wanted: string },
  ): Entry => ({
    what: `${place(d)} sets ${quote(d.key)} to ${d.found}, and it takes ${d.wanted}`,
    remedy: `correct that line; ${BYPASS}`,
  }),
  "config-edit": (d: { file: string; key: string; why: string }): Entry => ({
    what: `${quote(d.file)} cannot be given a new ${oneLine(d.key)}: ${oneLine(d.why)}`,
    remedy: "change that line in an editor",
  }),
  // Nothing is stopped by what was not written, so nothing has to be let through.
  "config-refused": (d: { why: string; remedy: string }): Entry => ({
    what: `nothing was written, since the configuration would be wrong: ${d.why}`,
    remedy: d.remedy.replace(`; ${BYPASS}`, "").replace(
      "correct that line",
      "give another value, or correct that line where it was there before",
    ),
  }),
  "config-option": (d: { file: string; line?: number; key: string; why: string }): Entry => ({
    what: `${place(d)} sets the option ${quote(d.key)}, which ${oneLine(d.why)}`,
    remedy: `correct that line; ${BYPASS}`,
  }),

  // ---- configuration of the engines
  "toml-syntax": (
    d: { reader: string; file: string; line: number; column: number; why: string },
  ): Entry => ({
    what: `${quote(d.file)}:${d.line}:${d.column} is not TOML that ${d.reader} reads: ${oneLine(d.why)}`,
    remedy: `correct that line; ${d.reader} refuses the file as it is`,
  }),
  "toml-field": (
    d: { reader: string; file: string; line: number; key: string; found: string; wanted: string },
  ): Entry => ({
    what: `${quote(d.file)}:${d.line} has ${oneLine(d.found)} at ${oneLine(d.key)}, where ${d.reader} takes ${
      oneLine(d.wanted)
    }`,
    remedy: "correct that line",
  }),
  "engine-config-generated": (d: { file: string; why: string; instead: string }): Entry => ({
    what: `${quote(d.file)} ${d.why}`,
    remedy: d.instead,
  }),
  "engine-cri-off": (d: { file: string; line: number }): Entry => ({
    what:
      `${
        quote(d.file)
      }:${d.line} turns containerd's CRI plugin off, and only that starts containers by the ` +
      "runtimes of this configuration",
    remedy:
      "take it out of disabled_plugins if Kubernetes is to use this containerd; docker needs nothing here",
  }),
  "engine-runtime-taken": (
    d: { file: string; line: number; name: string; path: string | undefined },
  ): Entry => ({
    what: `${quote(d.file)}:${d.line} already has a runtime ${quote(d.name)}, which is ${
      d.path === undefined ? "not ours" : quote(d.path)
    }`,
    remedy: "choose another name with --name, or remove that entry",
  }),
  "engine-refuses": (d: { engine: string; file: string; said: string }): Entry => ({
    what: `${d.engine} does not take ${quote(d.file)} as it would become: ${oneLine(d.said)}`,
    remedy: "its configuration is as it was; correct what it names, then try again",
  }),
  "engine-broken": (d: { engine: string; said: string }): Entry => ({
    what: `${d.engine} fails with the configuration that it has now: ${oneLine(d.said)}`,
    remedy: "mend that first; nothing was changed",
  }),
  "engine-name-in-use": (
    d: {
      engine: string;
      serves: "containers" | "pods";
      count: number;
      called: string[];
      name: string;
      runtime?: string;
    },
  ): Entry => ({
    what:
      `${d.engine} has ${d.count} ${d.count === 1 ? d.serves.slice(0, -1) : d.serves} with the runtime ${
        quote(d.name)
      }, ${d.called.map(quote).join(", ")}${
        d.count > d.called.length ? " and others" : ""
      }: without that name ` +
      (d.serves === "pods"
        ? "no container starts in them again"
        : `${d.engine} cannot start them again, and some engines cannot stop or remove them either`),
    remedy: `--keep-name leaves a runtime of that name which is ${
      d.runtime === undefined ? "the runtime" : quote(d.runtime)
    } itself, without us; make them anew with another runtime first; or go on with --force`,
  }),
  "engine-keep-name": (d: { name: string; path: string }): Entry => ({
    what: `which runtime ${quote(d.name)} is to be cannot be told: ${
      quote(d.path)
    } is no launcher that names one`,
    remedy: "`container-hooks install` makes one; or name the launcher that it was with --path",
  }),
  "engine-keeps-us": (d: { engine: string; name: string; how: string }): Entry => ({
    what: `${d.engine} goes on with ${quote(d.name)}: ${oneLine(d.how)}`,
    remedy: `restart ${d.engine}, then see \`container-hooks runtime status\``,
  }),
  "engine-default-elsewhere": (d: { engine: string; name: string; file: string }): Entry => ({
    what: `what ${d.engine} reads still makes ${quote(d.name)} the default, and ${
      quote(d.file)
    } has no entry of ours by that name`,
    remedy: "take it out where it was put by hand: a file, or an option of the engine's unit",
  }),
  "engine-record": (d: { path: string; why: string }): Entry => ({
    what: `the record of engine configurations, ${quote(d.path)}, cannot be understood: ${oneLine(d.why)}`,
    remedy:
      "move it away; `container-hooks runtime unconfigure --all` takes out what has our name without it",
  }),
  "engine-rights": (d: { user: number }): Entry => ({
    what: `only root can configure the engines of the whole machine, and this is user ${d.user}`,
    remedy: "run it as root, or name a file of this user's with --runtime podman --config " +
      "~/.config/containers/containers.conf",
  }),
  "launcher-missing": (d: { path: string }): Entry => ({
    what: `launcher ${quote(d.path)} does not exist`,
    remedy: "`container-hooks install` makes /usr/bin/container-hooks-runtime; --path names another",
  }),
  "engine-untold": (d: { program: string; pid: number; why: string }): Entry => ({
    what: `${d.program} (process ${d.pid}) cannot be told to read its configuration again: ${d.why}`,
    remedy: "do it as root, or leave it to the next start with --restart none",
  }),

  // ---- command line of the runtime
  "bundle-ambiguous": (d: { first: string; second: string }): Entry => ({
    what: `the command line names two bundles, ${quote(d.first)} and ${quote(d.second)}`,
    remedy: "name one",
  }),
  "unknown-option": (d: { option: string; runtime: string }): Entry => ({
    what:
      `the option ${quote(d.option)} is not one that we know of ${d.runtime}, so which container this call ` +
      "would start cannot be told for certain",
    remedy: "write it in full, with its value joined to it (--option=value) if it takes one, or leave it out",
  }),
  "call-uncertain": (d: { word: string; runtime: string }): Entry => ({
    what: `releases of ${d.runtime} read ${quote(d.word)} in this command line in different ways`,
    remedy: "put the options in front of the container's id and join their values to them (--option=value)",
  }),
  "bundle-missing": (d: { path: string; why: string }): Entry => ({
    what: `bundle ${quote(d.path)} ${d.why}`,
    remedy: "give the folder that holds config.json with --bundle",
  }),
  "foreign-bundle": (d: { bundle: string; plugin: string; part: string; why: string }): Entry => ({
    what: `bundle ${quote(d.bundle)} can be exchanged after plugin ${quote(d.plugin)} has looked at it: ${
      quote(d.part)
    } ${d.why}`,
    remedy:
      "move the bundle to a folder that root alone can write, or, where whoever writes there is trusted as " +
      'root is, set [container-hooks] foreign-bundles = "accept"',
  }),
  "container-id": (d: { id: string; why: string }): Entry => ({
    what: `container id ${quote(d.id)} ${d.why}`,
    remedy: "use letters, digits, and _ + - . after the first character",
  }),
  "runtime-missing": (d: { tried: string[]; why: string[] }): Entry => ({
    what: `no OCI runtime was found: ${d.tried.map((name, i) => `${quote(name)} ${d.why[i]}`).join(", ")}`,
    remedy:
      'install runc or crun, or name it as an absolute path in [container-hooks-runtime] runtimes = ["..."]',
  }),
  "runtime-exec": (d: { path: string; why: string }): Entry => ({
    what: `the OCI runtime ${quote(d.path)} could not be executed: ${d.why}`,
    remedy: "check that file",
  }),
  "runtime-loop": (d: { runtime: string }): Entry => ({
    what: `the OCI runtime ${quote(d.runtime)} leads back to container-hooks, so this call would never end`,
    remedy: "let the last one in the chain stand in front of runc or crun",
  }),

  "launcher-version": (_: Record<string, never>): Entry => ({
    what: "the launcher in front of this program was written by another version of it",
    remedy:
      `write it anew with \`container-hooks install\`, or, where it was made by hand, \`container-hooks ` +
      `launcher\`; ${BYPASS}`,
  }),
  "bypass-unwritable": (d: { why: string[] }): Entry => ({
    what: `the bypass could not be switched on: ${d.why.join(", ")}`,
    remedy: "make room in one of these folders, or mount it writable",
  }),
  "bypass-unreadable": (d: { path: string }): Entry => ({
    what: `the bypass switch ${quote(d.path)} does not say what it is to say`,
    remedy: "write it anew with `container-hooks bypass on`, or remove it with `container-hooks bypass off`",
  }),

  // ---- planning
  "cannot-start": (d: { id: string; why: string; remedy: string }): Entry => ({
    what: `cannot start container ${quote(d.id)}: ${d.why}`,
    remedy: d.remedy,
  }),
  // ---- said by the launcher, which fills in what it knows: the program can say nothing
  "launcher-runtime": (d: { runtime: string }): Entry => ({
    what: `the OCI runtime ${quote(d.runtime)} is not there or not executable`,
    remedy:
      "install it again: this launcher stands in front of it alone, since the containers that it started are " +
      "known to no other; `container-hooks doctor` says which launchers there are",
  }),
  "program-gone": (d: { container: string; program: string; way: string }): Entry => ({
    what: `cannot start ${d.container}: container-hooks' program ${quote(d.program)} is gone`,
    remedy: `run \`install\` of a copy of container-hooks; ${d.way}`,
  }),
  "program-denied": (d: { container: string; program: string; way: string }): Entry => ({
    what: `cannot start ${d.container}: container-hooks' program ${
      quote(d.program)
    } may not be executed, by its mode or by a noexec mount`,
    remedy: `mend that, or install it elsewhere with \`install --prefix\`; ${d.way}`,
  }),
  "program-unfit": (d: { container: string; program: string; how: string; way: string }): Entry => ({
    what:
      `cannot start ${d.container}: container-hooks' program ${
        quote(d.program)
      }, or a part of it, could not ` +
      `be executed, and ${d.how}`,
    remedy:
      "stderr says which: it needs glibc, is made for one kind of processor, and parts may be missing; run " +
      `\`install\` of a copy that fits; ${d.way}`,
  }),
  "program-damaged": (
    d: { container: string; program: string; how: string; where: string; way: string },
  ): Entry => ({
    what: `cannot start ${d.container}: planning ${d.how}${d.where}`,
    remedy:
      `that is a fault of container-hooks or of the file ${quote(d.program)}, which may be damaged: run ` +
      `\`install\` of a new copy; ${d.way}`,
  }),
  "env-missing": (d: { container: string; way: string }): Entry => ({
    what: `cannot start ${d.container}: there is no env and no busybox, by which container-hooks gets an ` +
      "environment of its own",
    remedy: `install coreutils or busybox into /usr/bin or /bin; ${d.way}`,
  }),
  "proc-missing": (d: { container: string; way: string }): Entry => ({
    what:
      `cannot start ${d.container}: there is no /proc, without which container-hooks' program cannot start`,
    remedy: `mount -t proc proc /proc; ${d.way}`,
  }),
  "planning-killed": (d: { container: string; how: string; where: string; way: string }): Entry => ({
    what: `cannot start ${d.container}: planning ${d.how}${d.where}`,
    remedy:
      "a plugin that does not end within its limit is killed (stderr names it; correct it, or set its mode to off), " +
      `and so is what memory is too short for (the kernel's log tells); ${d.way}`,
  }),
  "planning-stopped": (d: { container: string; how: string; where: string; way: string }): Entry => ({
    what: `cannot start ${d.container}: planning ${d.how}${d.where}`,
    remedy: `somebody ended it; start the container again; ${d.way}`,
  }),
  "planning-ended-by-plugin": (d: { container: string; how: string; where: string; way: string }): Entry => ({
    what: `cannot start ${d.container}: planning ${d.how}${d.where}`,
    remedy: `that plugin, or what stderr names, ended it: correct it, or set its mode to off; ${d.way}`,
  }),
  "planning-ended": (d: { container: string; how: string; way: string }): Entry => ({
    what: `cannot start ${d.container}: planning ${d.how}`,
    remedy: `stderr says why; ${d.way}`,
  }),
  "container-stays": (d: { command: string; why: string }): Entry => ({
    what: `the container that was created for it could not be removed: ${oneLine(d.why)}`,
    remedy: `remove it by hand: ${oneLine(d.command)}`,
  }),
  "after-start": (d: { id: string; why: string; remedy: string }): Entry => ({
    what: `after container ${quote(d.id)} had started, ${d.why}`,
    remedy: d.remedy,
  }),
  "after-end": (d: { id: string; why: string; remedy: string }): Entry => ({
    what: `after container ${quote(d.id)} had ended, ${d.why}`,
    remedy: d.remedy,
  }),
  // Said by the script of a hook.
  "hook-program": (d: { program: string }): Entry => ({
    what: `the program ${quote(d.program)} is gone or cannot be executed, and no service does what it would`,
    remedy: "install that version again, or start the container anew",
  }),
  "handlers-lost": (d: { plugins: readonly string[]; stage: string; next: string }): Entry => ({
    what: `the service that calls handlers ended ${
      d.plugins.length === 0
        ? `before it called one at ${d.stage}`
        : `in the middle of ${d.stage} of plugin ${d.plugins.map(quote).join(", ")}`
    }; ${d.next}`,
    remedy: "the journal of the host's init tells why it ended",
  }),
  "start-going-on": (d: { id: string }): Entry => ({
    what: `the service is calling the handlers at start of container ${quote(d.id)} already`,
    remedy: "wait until that start has ended",
  }),
  "state": (d: { why: string }): Entry => ({
    what: `the state on standard input ${oneLine(d.why)}`,
    remedy:
      "only the OCI runtime calls this, with the state of the container that the journal entry is about",
  }),
  "journal-unreadable": (d: { path: string; why: string }): Entry => ({
    what: `journal ${quote(d.path)} cannot be read: ${d.why}`,
    remedy: "run it as root",
  }),
  "journal-gone": (d: { path: string }): Entry => ({
    what: `journal entry ${quote(d.path)} is gone, so which handlers are to be called is not known`,
    remedy: "where the bundle is older than the last start of this machine, put its own config.json back",
  }),
  "plugin": (d: { plugin: string; stage: string; why: string; where?: string; remedy?: string }): Entry => ({
    what: `plugin ${quote(d.plugin)} failed at ${d.stage}${d.where ? ` (${oneLine(d.where)})` : ""}: ${
      oneLine(d.why)
    }`,
    remedy: d.remedy === undefined
      ? `correct the plugin or set [plugins.${d.plugin}] mode = "off"; ${BYPASS}`
      : oneLine(d.remedy),
  }),
  "program-output": (d: { path: string; limit: number }): Entry => ({
    what: `program ${quote(d.path)} wrote more than ${mebibytes(d.limit)}`,
    remedy: "have it write less",
  }),
  "cdi-file": (d: { path: string; why: string }): Entry => ({
    what: `CDI specification ${quote(d.path)} cannot be used: ${oneLine(d.why)}`,
    remedy: "correct it, or make it anew with its vendor's tool",
  }),
  "kept-damaged": (d: { plugin: string; path: string; why: string }): Entry => ({
    what: `${quote(d.path)}, which plugin ${quote(d.plugin)} keeps, is damaged: ${oneLine(d.why)}`,
    remedy: "move it away; what it held is lost",
  }),
  "kept-root-alone": (d: { plugin: string }): Entry => ({
    what: `what plugin ${quote(d.plugin)} keeps is for root alone`,
    remedy: "run it as root",
  }),
  "manifest": (d: { file: string; field: string; why: string }): Entry => ({
    what: `plugin ${quote(d.file)} has a manifest that cannot be used: ${oneLine(`${d.field} ${d.why}`)}`,
    remedy: `correct it there; ${BYPASS}`,
  }),
  "when": (d: { where: string; field: string; why: string }): Entry => ({
    what: `${d.where}: ${oneLine(`${d.field} ${d.why}`)}`,
    remedy: `correct that condition; ${BYPASS}`,
  }),
  "plugin-late": (d: { file: string }): Entry => ({
    what: `plugin ${quote(d.file)} was not looked at: other plugins took all the time that there was`,
    remedy: "`container-hooks doctor` tells which; correct what runs at their top level",
  }),
  "plugin-source": (
    d: { file: string; line: number; column: number; why: string; code: string; remedy: string },
  ): Entry => ({
    what: `plugin file ${d.file}:${d.line}:${d.column} ${oneLine(d.why)}${
      d.code ? `, in \`${oneLine(d.code)}\`` : ""
    }`,
    remedy: `${d.remedy}; ${BYPASS}`,
  }),
  "plugin-load": (d: { file: string; why: string; remedy: string }): Entry => ({
    what: `plugin ${quote(d.file)} cannot be loaded: ${oneLine(d.why)}`,
    remedy: `${d.remedy}; ${BYPASS}`,
  }),
  "plugin-missing": (
    d: { plugin: string; where: string; folders: string[]; suggestion?: string },
  ): Entry => ({
    what: `${d.where} has a policy for plugin ${quote(d.plugin)}, and there is none of that name in ${
      d.folders.map(quote).join(", ") || "any folder"
    }`,
    remedy:
      `${d.suggestion ? `did you mean ${quote(d.suggestion)}? Otherwise put` : "put"} it there, or set ` +
      `[plugins.${d.plugin}] mode = "off"; ${BYPASS}`,
  }),
  "mount-source": (d: { plugin: string; path: string }): Entry => ({
    what: `plugin ${quote(d.plugin)} mounts ${quote(d.path)}, which does not exist on the host`,
    remedy: "create it, or correct the plugin's options",
  }),
  "plugin-edit": (d: { plugin: string; field: string; why: string }): Entry => ({
    what: `plugin ${quote(d.plugin)} returned an edit that cannot be used: ${quote(d.field)} ${
      oneLine(d.why)
    }`,
    remedy: `correct the plugin or set [plugins.${d.plugin}] mode = "off"; ${BYPASS}`,
  }),
  "conflict": (d: { what: string; first: string; second: string }): Entry => ({
    what: d.first === d.second
      ? `plugin ${quote(d.first)} wants two different values for ${oneLine(d.what)}`
      : `plugins ${quote(d.first)} and ${quote(d.second)} want different values for ${oneLine(d.what)}`,
    remedy: d.first === d.second
      ? `correct the plugin or set [plugins.${d.first}] mode = "off"; ${BYPASS}`
      : "let only one of them apply to this container, with `when` in config.toml",
  }),
  "denied": (d: { plugin: string; reasons: string[] }): Entry => ({
    what: `plugin ${quote(d.plugin)} denies it: ${d.reasons.map(oneLine).join("; ")}`,
    remedy: "mend what it names, or change its policy in config.toml",
  }),
  "gate-undecided": (d: { plugin: string; unknown: string[] }): Entry => ({
    what: `gate ${quote(d.plugin)} cannot judge it: ${d.unknown.map(oneLine).join("; ")}`,
    remedy:
      `mend that, or leave such containers to other gates by [plugins.${d.plugin}.when] in config.toml, ` +
      `such as engine = ["docker"]`,
  }),
  "plugin-undecided": (d: { plugin: string; selected: boolean; unknown: string[] }): Entry => ({
    what: `plugin ${quote(d.plugin)} is ${
      d.selected ? "asked without knowing" : "not asked, since it cannot be told whether its when holds"
    }: ${d.unknown.map(oneLine).join("; ")}`,
    remedy: `mend that, or leave such containers out by [plugins.${d.plugin}.when] in config.toml, ` +
      `such as engine = ["docker"]`,
  }),
  "deadline": (d: { what: string; seconds: number }): Entry => ({
    what: `${oneLine(d.what)} took longer than ${d.seconds} s`,
    remedy: `look at what it waits for; ${BYPASS}`,
  }),
  "timer-missing": (_: Record<string, never>): Entry => ({
    what: "the system has no timer left, by which a plugin is ended that never returns",
    remedy: `raise the limit of pending signals (ulimit -i) of whoever calls; ${BYPASS}`,
  }),
  "parent-gone": (_: Record<string, never>): Entry => ({
    what: "the engine that asked for this container is gone",
    remedy: "start the container again",
  }),
  "folder-gone": (_: Record<string, never>): Entry => ({
    what: "the working folder was removed, and a path of this call begins there",
    remedy: "go to a folder that is there (cd /), or name absolute paths",
  }),
  "folder-unknown": (d: { why: string }): Entry => ({
    what: `the working folder cannot be told: ${oneLine(d.why)}`,
    remedy: "go to another folder (cd /), or name absolute paths",
  }),
  "variable-encoding": (d: { name: string }): Entry => ({
    what: `the variable ${d.name} is not UTF-8`,
    remedy: "give it another value, or unset it",
  }),
  "runtime-dir-unset": (d: { user: number; path: string }): Entry => ({
    what:
      `XDG_RUNTIME_DIR is not set, and user ${d.user} may not write ${
        quote(d.path)
      }, where container-hooks ` +
      "then keeps what running containers need",
    remedy:
      `set it as a login does (export XDG_RUNTIME_DIR=/run/user/${d.user}), or name another folder with ` +
      "CONTAINER_HOOKS_RUN",
  }),
  // What the system says where nothing of ours has words for the purpose.
  "system": (d: { why: string }): Entry => ({
    what: `the system refuses what container-hooks needs: ${oneLine(d.why)}`,
    remedy: `mend what it names; ${BYPASS}`,
  }),
  "problem": (d: { what: string; remedy: string }): Entry => ({
    what: oneLine(d.what),
    remedy: oneLine(d.remedy),
  }),
  "internal": (d: { why: string }): Entry => ({
    what: `container-hooks has a defect: ${oneLine(d.why)}`,
    remedy: `report it with the output of \`container-hooks version\`; ${BYPASS}`,
  }),

  // ---- commands
  "usage": (d: { why: string; command?: string }): Entry => ({
    what: d.why,
    remedy: `see \`${d.command ?? "container-hooks"} --help\``,
    status: 2,
  }),
  "not-found": (d: { what: string; remedy: string }): Entry => ({ what: d.what, remedy: d.remedy }),
  // What others can write is as it should be in /tmp, so that is not to be mended.
  "output-link": (d: { path: string; why: string }): Entry => ({
    what: `output file ${quote(d.path)} is a symbolic link that is not followed: ${d.why}`,
    remedy: "name the file that it leads to",
  }),
  "output-unwritable": (d: { why: string }): Entry => ({
    // As Deno words it: "No space left on device (os error 28)".
    what: `standard output cannot be written: ${
      oneLine(d.why).toLowerCase().replace(/ \(os error \d+\)$/, "")
    }`,
    remedy: "let it go to a place that can be written and has room",
  }),
  "container-ambiguous": (d: { wanted: string; ids: string[] }): Entry => ({
    what: `${quote(d.wanted)} may be any of ${d.ids.length} containers: ${d.ids.map(quote).join(", ")}`,
    remedy: "name one by its whole id",
  }),

  // ---- writing plugins
  "program-not-run": (d: { path: string }): Entry => ({
    what: `program ${quote(d.path)} is not run here, where nothing is to be done`,
    remedy: "`container-hooks plugin try --run` runs the programs of its needs",
  }),
  "plugin-taken": (d: { plugin: string; path: string; why: string }): Entry => ({
    what: `there is a plugin ${quote(d.plugin)} already: ${quote(d.path)}`,
    remedy: d.why,
  }),
  "plugin-built-in": (d: { plugin: string; why: string; remedy: string }): Entry => ({
    what: `${quote(d.plugin)} is a built-in plugin, ${d.why}`,
    remedy: d.remedy,
  }),
  "plugin-rights": (d: { folder: string; user: number }): Entry => ({
    what: `only root can change what is in ${quote(d.folder)}, and this is user ${d.user}`,
    remedy:
      "run it as root, or name a folder of this user's as plugin-dirs of [container-hooks] in config.toml",
  }),
  "plugin-put": (d: { plugin: string; why: string; remedy: string }): Entry => ({
    what: `plugin ${quote(d.plugin)} was not put in place, and all is as it was: ${d.why}`,
    remedy: d.remedy,
  }),
  "plugin-none": (d: { path: string; why: string }): Entry => ({
    what: `${quote(d.path)} is no plugin: it ${d.why}`,
    remedy:
      "name a plugin's file, or the folder that holds its plugin.ts; `container-hooks plugin new NAME` " +
      "makes one",
  }),
  "plugin-name": (d: { name: string; wanted: string }): Entry => ({
    what: `${quote(d.name)} cannot be a plugin's name; that takes ${d.wanted}`,
    remedy: "choose another one",
    status: 2,
  }),
  "path-taken": (d: { path: string }): Entry => ({
    what: `${quote(d.path)} is there already`,
    remedy: "choose another name, or remove it first",
  }),
  "tests-missing": (d: { path: string; wanted: string }): Entry => ({
    what: `${quote(d.path)} has no tests: there is no ${quote(d.wanted)}`,
    remedy: "write one; `container-hooks plugin new NAME` makes a plugin that has some",
  }),
  "tests-none": (d: { file: string }): Entry => ({
    what: `${quote(d.file)} registers no test`,
    remedy: "call `test(NAME, FUNCTION)` of container-hooks/testing in it",
  }),
  "tests-failed": (d: { failed: number; of: number }): Entry => ({
    what: `${d.failed} of ${d.of} ${d.of === 1 ? "test" : "tests"} failed`,
    remedy: "correct what is marked above",
  }),
  "tests-ended": (d: { file: string; test: string | undefined; why: string }): Entry => ({
    what: `${d.test === undefined ? "the tests" : `test ${JSON.stringify(d.test)}`} of ${
      quote(d.file)
    } ${d.why}`,
    remedy: "look at what it waits for, loops on or collects",
  }),
  "plugin-unfit": (d: { path: string; count: number }): Entry => ({
    what: `plugin ${quote(d.path)} has ${d.count} ${d.count === 1 ? "fault" : "faults"}`,
    remedy: "correct what is marked as error above",
  }),
  "not-embedded": (_: Record<string, never>): Entry => ({
    what: "the program runs from its source, and only a built file carries types and examples",
    remedy: "`deno task build`, then do it with the built file",
  }),

  // ---- installing
  "install-source": (_: Record<string, never>): Entry => ({
    what: "the program runs from its source, and only a built file can be installed",
    remedy: "`deno task build`, then run `install` of the built file",
  }),
  "install-rights": (d: { user: number }): Entry => ({
    what: `only root can install for the whole machine, and this is user ${d.user}`,
    remedy: "run it as root, or name another system's root with --root",
  }),
  "install-space": (d: { path: string; free: number; needed: number }): Entry => ({
    what: `${quote(d.path)} has ${mebibytes(d.free)} free, and the program needs ${mebibytes(d.needed)}`,
    remedy: "make room there, or name another folder with --prefix",
  }),
  "install-version": (d: { path: string; why: string }): Entry => ({
    what: `the program cannot be set up in ${quote(d.path)}: ${d.why}`,
    remedy: "copy the file anew, or name another folder with --prefix",
  }),
  "install-prefix": (d: { path: string; why: string }): Entry => ({
    what: `the program cannot lie in ${quote(d.path)}: ${d.why}`,
    remedy: "name another folder with --prefix",
    status: 2,
  }),
  "install-moved": (d: { from: string; to: string }): Entry => ({
    what: `commands and launchers lie in ${quote(d.from)}, where engines and containers name them, not in ${
      quote(d.to)
    }`,
    remedy: "leave --bindir out, or uninstall first",
  }),
  "install-read-only": (d: { path: string }): Entry => ({
    what: `${quote(d.path)} is on a read-only file system`,
    remedy:
      "install into folders that can be written, such as with --bindir /opt/container-hooks/bin; engines are " +
      "told of the launcher there by `runtime configure`",
  }),
  "install-record": (d: { path: string; why: string }): Entry => ({
    what: `the record of the installation, ${quote(d.path)}, cannot be understood: ${oneLine(d.why)}`,
    remedy: "move it away, then `container-hooks install`, which writes it anew",
  }),
  "install-unrecorded": (d: { paths: string[]; root: string }): Entry => ({
    what: `no installation is on record, and yet ${d.paths.map(quote).join(", ")} ${
      d.paths.length === 1 ? "is" : "are"
    } there`,
    remedy:
      `\`container-hooks install${d.root && ` --root ${quote(d.root)}`}\` puts what is there on record, ` +
      "then uninstall",
  }),
  "install-foreign": (d: { path: string }): Entry => ({
    what: `${quote(d.path)} is there, and no \`container-hooks install\` has made it`,
    remedy: "uninstall what it belongs to, or move it away",
  }),
  "install-in-use": (d: { places: string[] }): Entry => ({
    what: `container-hooks is still named by ${d.places.join(", by ")}`,
    remedy:
      "`container-hooks runtime unconfigure --all` takes it out of the engines; out of a file that no engine " +
      "here reads, `container-hooks runtime unconfigure --runtime ENGINE --config FILE --name NAME` does; " +
      "remove those containers, or keep their runtime's name with --keep-name of unconfigure; or uninstall with " +
      "--force",
  }),
  "file-unremovable": (d: { path: string; why: string }): Entry => ({
    what: `${quote(d.path)} cannot be removed: ${d.why}`,
    remedy: "make the folder writable for its owner, and for nobody else, then try again",
  }),
} satisfies Record<string, (details: never) => Entry>;

/**
 * What lets containers start until what is broken is mended, by what the launcher knows.
 *
 * @param at The file of the switch, or the one by which a gate stands.
 */
export function launcherWays(at: string): Record<"works" | "broken" | "gate" | "keptGate", string> {
  const stands = "the bypass is on, but a gate that is not bypassable stands";
  return {
    works: BYPASS,
    broken:
      `until then \`echo on >${at}\`, or \`bypass on\` of any copy of container-hooks, lets containers ` +
      "start without us",
    gate: `${stands} by ${at}: take its line \`bypassable = false\` away to let containers start without it`,
    keptGate:
      `${stands} by the last configuration that could be read: remove ${at} to let containers start ` +
      "without it",
  };
}

/** A gate, and the line of the configuration by which it stands while the bypass is on. */
type Gate = { name: string; place?: { file: string; line?: number } };

/** Why containers may not start though the bypass is on: the gates, and what takes them away. */
export function gateStands(gates: readonly Gate[]): string {
  const told = gates.map(({ name, place: at }) => `${quote(name)}${at ? ` (${place(at)})` : ""}`);
  return `the bypass is on, but ${told.length === 1 ? "gate" : "gates"} ${told.join(", ")} ${
    told.length === 1 ? "stands" : "stand"
  } all the same, by \`bypassable = false\`: take that line away to let containers start without it`;
}

/** What went wrong though the bypass is on, which therefore is no remedy. */
export function despiteBypass(why: Failure, gates: readonly Gate[]): Failure {
  const remedy = `${why.remedy.replace(`; ${BYPASS}`, "")}; ${gateStands(gates)}`;
  return new Failure(why.code, { what: why.what, remedy, status: why.status }, { cause: why }, why.details);
}

/** The name of one message of the catalogue. */
export type Code = keyof typeof catalogue;

/** What the message of `C` needs to be told. */
export type Details<C extends Code> = Parameters<(typeof catalogue)[C]>[0];

/**
 * Something that went wrong and that a person can mend.
 *
 * `message` is the whole sentence. Anything else that is thrown is a defect of ours and is reported as
 * `internal`.
 */
export class Failure extends Error {
  override readonly name = "Failure";
  /** What happened, where and why, without what to do. */
  readonly what: string;
  /** What to do about it. */
  readonly remedy: string;
  /** Exit status of a command that ends with it. */
  readonly status: number;

  /** @param details What the message was made of, where it was made here. */
  constructor(readonly code: Code, entry: Entry, options?: ErrorOptions, readonly details: object = {}) {
    // Whatever a text from outside was put in by, and whether or not it was quoted there.
    const [what, remedy] = [visible(entry.what), visible(entry.remedy)];
    super(`${what}; ${remedy}`, options);
    this.what = what;
    this.remedy = remedy;
    this.status = entry.status ?? 1;
  }
}

/** Gets a failure without the advice to let containers start meanwhile, where none waits for what it is about. */
export function besideContainers(why: Failure): Failure {
  const remedy = why.remedy.replace(`; ${BYPASS}`, "");
  return new Failure(why.code, { what: why.what, remedy, status: why.status }, { cause: why }, why.details);
}

/**
 * Makes the failure of one catalogue entry.
 *
 * @example
 * ```ts
 * import { failure } from "./errors.ts";
 * failure("file-missing", { what: "hooks file", path: "/etc/x" }).message;
 * // 'hooks file /etc/x does not exist; create it or correct the path'
 * ```
 */
export function failure<C extends Code>(code: C, details: Details<C>, options?: ErrorOptions): Failure {
  const entry = (catalogue[code] as (details: Details<C>) => Entry)(details);
  return new Failure(code, entry, options, details);
}

/**
 * Turns anything that was thrown into a {@linkcode Failure}. An error with a `remedy` is a built-in plugin's
 * `problem` and keeps its words, and so does an error of the system; what is none of these is a defect of ours.
 */
export function asFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  if (thrown instanceof Error && "remedy" in thrown && typeof thrown.remedy === "string") {
    return failure("problem", { what: thrown.message, remedy: thrown.remedy }, { cause: thrown });
  }
  const refused = thrown instanceof Error
    ? /^(.*) \(os error \d+\)(?:[:,] (.*))?$/s.exec(thrown.message)
    : null;
  if (refused) {
    const [, reason = "", call] = refused;
    const words = reason.charAt(0).toLowerCase() + reason.slice(1);
    return failure("system", { why: call ? `${call}: ${words}` : words }, { cause: thrown });
  }
  const why = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return failure("internal", { why }, { cause: thrown });
}

/**
 * Makes a text from outside fit for a message: as it is where it is plain, otherwise as a JSON string, so that
 * line breaks and terminal controls are visible and cannot forge a second line; cut at 200 characters.
 */
export function quote(text: string): string {
  const cut = text.length > 200 ? `${text.slice(0, 197)}...` : text;
  if (/^[\w@%+=:,./~-]+$/.test(cut)) return cut;
  return visibleJson(JSON.stringify(cut));
}

/** Characters of a text from outside that are told at most. */
const LINE_LIMIT = 1000;

/** Puts a text that may span lines on one line, with all that is not seen escaped; cut at 1000 characters. */
export function oneLine(text: string): string {
  // Cut before it is worked on: a plugin's text may be as large as memory. Blanks that go leave room for others.
  const start = text.trimStart().slice(0, 4 * LINE_LIMIT).trimEnd().replace(/[\r\n\t ]+/g, " ");
  return visible(start).slice(0, LINE_LIMIT);
}

/** Whoever could write it may have done so already, and what is open to everybody, as /tmp, has to stay so. */
function trustRemedy({ path, part, sticky }: { path: string; part: string; sticky?: boolean }): string {
  if (sticky) return `move it to a folder that root alone can write; ${quote(part)} is for everybody`;
  const first = path === part ? "look at what it holds, then" : "move it to where root alone can write, or";
  return `${first} make root the owner and let only root write (chown root ${quote(part)}; chmod go-w ${
    quote(part)
  })`;
}

function place({ file, line }: { file: string; line?: number }): string {
  return line === undefined ? quote(file) : `${quote(file)}:${line}`;
}

function mebibytes(bytes: number): string {
  return bytes < 1024 * 1024 ? `${bytes} bytes` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
