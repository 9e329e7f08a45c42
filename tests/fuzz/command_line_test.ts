import assert from "node:assert/strict";
import fc from "fast-check";
import { Failure } from "../../mod/errors.ts";
import { type CommandLine, readCommandLine, type RuntimeFlavour } from "../../mod/wrapper/command_line.ts";
import { type Acted, readLikeOldV1, readLikeV1, readLikeV3 } from "./urfave_models.ts";

const flavour = fc.constantFrom<RuntimeFlavour>("runc", "crun");

/** Words that mean something to a runtime or to us, and words that mean nothing. */
const word = fc.oneof(
  fc.constantFrom(
    ..."create run restore exec state web -- - --bundle --bundle=/a --bundle=/b --bun -b -b=/a -b/a -db -f"
      .split(" "),
    ..."--config --log --log=/l --log-format json --root --systemd-cgroup --systemd-cgroup=false --help"
      .split(" "),
    ..."-h -v --version --keep --detach --pid-file -pid-file --unknown --unknown=1 -x /a /b --hook-spec"
      .split(" "),
    ..."--hook-spec=/h --add-hook -add-hook --add-hook=/h".split(" "),
    "",
    " web",
    " --keep",
  ),
  fc.string({ maxLength: 6 }),
);
const words = fc.array(word, { maxLength: 9 });

/** The call, or undefined where it was refused with a message of ours. */
function readOrRefuse(flavour: RuntimeFlavour, argv: string[]): CommandLine | undefined {
  try {
    return readCommandLine(flavour, argv);
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code !== "internal") return undefined;
    throw thrown;
  }
}

Deno.test("whatever the command line, it is read or refused with a sentence", () => {
  fc.assert(
    fc.property(flavour, words, (flavour, argv) => {
      readOrRefuse(flavour, argv);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("the runtime gets all words but our options and their values, in order", () => {
  fc.assert(
    fc.property(flavour, words, (flavour, argv) => {
      const call = readOrRefuse(flavour, argv);
      if (!call) return;
      assert.deepEqual(call.argv, argv.filter((_, at) => !call.ours.includes(at)));
      // One of ours, or the value behind one.
      const name = /^--?(hook-spec|add-hook)/;
      for (const at of call.ours) {
        assert.ok(
          name.test(argv[at]!) || (call.ours.includes(at - 1) && name.test(argv[at - 1]!)),
          `${argv[at]}`,
        );
      }
    }),
    { numRuns: 3000 },
  );
});

Deno.test("what the runtime gets is read as what was called, and holds nothing of ours to take out", () => {
  fc.assert(
    fc.property(flavour, words, (flavour, argv) => {
      const call = readOrRefuse(flavour, argv);
      if (call) {
        assert.deepEqual(readCommandLine(flavour, call.argv), {
          ...call,
          ours: [],
        });
      }
    }),
    { numRuns: 3000 },
  );
});

const option = (name: string, ...values: string[]) =>
  fc.tuple(fc.constantFrom(...values), fc.boolean()).map(([value, joined]) =>
    joined ? [`--${name}=${value}`] : [`--${name}`, value]
  );
const maybe = (...options: fc.Arbitrary<string[]>[]) =>
  fc.tuple(...options.map((option) => fc.option(option, { nil: [] }))).chain((found) =>
    fc.shuffledSubarray(found, { minLength: found.length, maxLength: found.length })
  );
const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_+.-]{0,20}$/);
const folder = fc.stringMatching(/^\/([A-Za-z0-9 =/-]{0,20}[a-z])?$/);
const globals = maybe(
  option("log", "/l", "create"),
  option("log-format", "json"),
  option("root", "/r", "run"),
  option("rootless", "auto"),
  option("hook-spec", "/h", "restore"),
  fc.constant(["--debug"]),
  fc.constant(["--systemd-cgroup"]),
);
const behind = maybe(
  option("pid-file", "/p", "web"),
  option("console-socket", "/c"),
  option("preserve-fds", "0", "3"),
  option("add-hook", "/h"),
  fc.constant(["--no-pivot"]),
  fc.constant(["--no-new-keyring"]),
);
const operation = fc.constantFrom("create", "run");

function assertFound(
  flavour: "runc" | "crun",
  words: string[],
  wanted: { command: string; id: string; bundle: string },
): void {
  const { command, complete, id, bundle } = readCommandLine(flavour, words);
  assert.deepEqual({ command, complete, id, bundle }, { ...wanted, complete: true });
}

Deno.test("runc: command, id and bundle are found wherever the options stand", () => {
  const bundle = folder.chain((path) =>
    fc.constantFrom<string[]>([`--bundle=${path}`], ["--bundle", path], ["-bundle", path], ["-b", path], [
      `-b=${path}`,
    ])
      .map(
        (given) => ({ path, given }),
      )
  );
  fc.assert(
    fc.property(
      globals,
      operation,
      behind,
      bundle,
      id,
      fc.nat(),
      (globals, command, behind, bundle, id, seed) => {
        const all = [...behind, bundle.given];
        all.splice(seed % (all.length + 1), 0, [id]);
        assertFound("runc", [...globals, [command], ...all].flat(), { command, id, bundle: bundle.path });
      },
    ),
  );
});

Deno.test("crun: command, id and bundle are found wherever the options in front of the id stand", () => {
  const bundle = folder.chain((path) =>
    fc.constantFrom<string[]>([`--bundle=${path}`], ["--bund", path], [`--b=${path}`], ["-b", path], [
      `-b${path}`,
    ]).map(
      (given) => ({ path, given }),
    )
  );
  fc.assert(
    fc.property(
      globals,
      operation,
      behind,
      bundle,
      id,
      fc.nat(),
      (globals, command, behind, bundle, id, seed) => {
        const all = [...behind];
        all.splice(seed % (all.length + 1), 0, bundle.given);
        assertFound("crun", [...globals, [command], ...all, [id]].flat(), {
          command,
          id,
          bundle: bundle.path,
        });
      },
    ),
  );
});

const models: Record<string, (words: readonly string[]) => Acted | undefined> = {
  "runc up to 1.1 (urfave/cli 1.22.1)": readLikeOldV1,
  "runc 1.2 to 1.5 (urfave/cli 1.22.9 to 1.22.17)": readLikeV1,
  "runc after 1.5 (urfave/cli 3)": readLikeV3,
};

const runWord = fc.constantFrom(
  ..."web db a -- - -5 -_ -x --keep --keep=false --detach -d --bundle -bundle --bundle=/a --bundle=/b -b"
    .split(" "),
  ..."-b=/a --bundle= /a /b --pid-file --pid-file=/p --preserve-fds 3 --root --root=/r --log --debug".split(
    " ",
  ),
  ..."--help --help=false --help= -h=0 --new --new=1 ---keep -=x".split(" "),
  " --keep",
  " web",
  "",
);

for (const [release, model] of Object.entries(models)) {
  Deno.test(`a container that ${release} would start is seen with its id and bundle, or refused`, () => {
    fc.assert(
      fc.property(fc.array(runWord, { minLength: 1, maxLength: 7 }), (words) => {
        const acted = model(words);
        if (!acted) return;
        const call = readOrRefuse("runc", ["run", ...words]);
        if (!call) return;
        assert.ok(call.complete, "it would start without its gates");
        assert.deepEqual({ id: call.id, bundle: call.bundle ?? "" }, acted);
      }),
      { numRuns: 20_000 },
    );
  });
}
