/**
 * Our reading of command lines beside the real runtimes': each is called with bundles that do not exist, so
 * its error names the folder that it looked into, and nothing is started.
 */

import assert from "node:assert/strict";
import { readCommandLine, type RuntimeFlavour } from "../../mod/wrapper/command_line.ts";

const MISSING = "/nonexistent-bundle";

/** The bundle that the runtime looked into; "." is the current folder, undefined that it stopped before. */
function bundleOfRuntime(runtime: RuntimeFlavour, argv: string[]): string | undefined {
  const empty = Deno.makeTempDirSync();
  try {
    const { stderr } = new Deno.Command(runtime, { args: argv, cwd: empty, stdin: "null" }).outputSync();
    const text = new TextDecoder().decode(stderr);
    const missing = /chdir (\S+): no such file|(?:chdir|realpath) `([^`]+)` failed/.exec(text);
    if (missing) return missing[1] ?? missing[2];
    return /config\.json.* not found|open `?config\.json|error loading config\.json/i.test(text)
      ? "."
      : undefined;
  } finally {
    Deno.removeSync(empty, { recursive: true });
  }
}

function bundleOfOurs(flavour: RuntimeFlavour, argv: string[]): string | undefined {
  const call = readCommandLine(flavour, argv);
  return call.complete ? call.bundle ?? "." : undefined;
}

const lines: Record<RuntimeFlavour, string[]> = {
  runc: [
    "create web",
    "create --bundle B web",
    "create --bundle=B web",
    "create -bundle B web",
    "create -b B web",
    "create -b=B web",
    "create --b=B web",
    "create web --bundle B",
    "create web -b=B",
    "create --bundle= web",
    "create --pid-file p web --no-pivot --bundle B",
    "create --no-pivot --preserve-fds 0 --bundle B -- web",
    "create --pid-file --bundle web",
    "run -d -no-subreaper --keep -b B web",
    "run --keep=false --detach=0 --bundle B web",
    "run --keep=perhaps --bundle B web",
    "run --help=false --bundle B web",
    "run --help --bundle B web",
    "run web -h",
    "--log=l --log-format json --root r --systemd-cgroup run --bundle B web",
    "--debug=false -root r -- run --bundle B web",
    "--version run --bundle B web",
    "restore --image-path i --empty-ns network --bundle B web",
    "restore --lsm-mount-context",
    "create --bundle B",
    "create --bundle B web db",
    "create -- web --bundle B",
    "create",
  ],
  crun: [
    "create web",
    "create --bundle B web",
    "create --bundle=B web",
    "create --bun B web",
    "create --b=B web",
    "create -b B web",
    "create -bB web",
    "create -b=B web",
    "create web --bundle B",
    "create --bundle B -- web",
    "create --no-pivot=yes --bundle B web",
    "create --pid-file --bundle web",
    "create --preserve-fds 0 --no-new-k -b B web",
    "run -db B web",
    "run -dbB web",
    "run --det --console-socket=s --bundle B web",
    "run --usage --bundle B web",
    "run -? --bundle B web",
    "--log=l --log-format json --cgroup=cgroupfs --systemd run --bundle B web",
    "--cgroup-manager=cgroupfs --debug -- run --bundle B web",
    "-v run --bundle B web",
    "-V run --bundle B web",
    "create --bundle B",
    "create --bundle B web db",
    "create --bundle",
    "create",
  ],
};

for (const runtime of ["runc", "crun"] as const) {
  for (const line of lines[runtime]) {
    Deno.test(`${runtime} and we look for one bundle in: ${line}`, () => {
      const argv = line.split(" ").map((word) => word.replace("B", MISSING));
      assert.equal(bundleOfOurs(runtime, argv), bundleOfRuntime(runtime, argv));
    });
  }
}
