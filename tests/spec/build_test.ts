/**
 * What `deno task build` makes, and what it says where it cannot.
 *
 * The compiled form is made where CONTAINER_HOOKS_DENORT_DENO names the Deno (version or path) that the denort
 * of DENORT_BIN fits.
 */
import assert from "node:assert/strict";
import type { VersionReport } from "../../mod/cli/version/version.ts";
import { make, type Request } from "../../tools/build/make.ts";
import { BuildFailure } from "../../tools/build/failure.ts";
import { builtFiles, portableFolder, PROJECT } from "../harness/forms.ts";
import { programEntries, type Told } from "../harness/portable_program.ts";
import { mustRun, run } from "../harness/run.ts";
import { type WorkFolder, workFolder } from "../harness/work_folder.ts";

const NO_DENORT = "/nonexistent/denort";
const OTHER_USER = 12345;

const denort = Deno.env.get("DENORT_BIN");
const denortDeno = Deno.env.get("CONTAINER_HOOKS_DENORT_DENO");

/** Makes the small program in a form; gives back what the build said beside. */
async function makeProgram(folder: WorkFolder, wanted: Partial<Request>, denortPath = NO_DENORT) {
  const notices: string[] = [];
  const output = `${folder.path}/out/container-hooks`;
  const before = Deno.env.get("DENORT_BIN");
  Deno.env.set("DENORT_BIN", denortPath);
  try {
    const made = await make({
      project: PROJECT,
      form: "auto",
      output,
      notice: (sentence) => notices.push(sentence),
      ...wanted,
      entries: wanted.entries ?? programEntries(folder),
    });
    return { made, notices, output };
  } finally {
    if (before === undefined) Deno.env.delete("DENORT_BIN");
    else Deno.env.set("DENORT_BIN", before);
  }
}

async function sha256Of(path: string): Promise<string> {
  return (await mustRun(["sha256sum", path])).stdout.split(" ")[0]!;
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name);
}

for (const { name, path } of builtFiles()) {
  Deno.test(`${name}: version --json tells the file that runs, by its own name and through a link`, async () => {
    using folder = workFolder();
    const link = `${folder.path}/some-name`;
    Deno.symlinkSync(path, link);
    const env = { CONTAINER_HOOKS_PORTABLE_DIR: portableFolder() };
    for (const called of [path, link]) {
      const told: VersionReport = JSON.parse((await mustRun([called, "version", "--json"], { env })).stdout);
      assert.equal(told.file, Deno.realPathSync(path));
      assert.equal(told.size, Deno.statSync(path).size);
      assert.equal(told.sha256, await sha256Of(path));
    }
  });
}

Deno.test("without a denort the portable form is made, and the build says why", async () => {
  using folder = workFolder();
  const { made, notices, output } = await makeProgram(folder, {});
  assert.equal(made.form, "portable");
  assert.equal(made.deno, Deno.version.deno);
  assert.equal(made.sha256, await sha256Of(output));
  assert.equal(made.size, Deno.statSync(output).size);
  assert.equal(notices.length, 1);
  assert.match(notices[0]!, /cannot be compiled: .*\/nonexistent\/denort.*; to change that, set DENORT_BIN/s);
  assert.deepEqual(namesIn(`${folder.path}/out`), ["container-hooks"]);

  await runsForAnotherUser(folder, output);
});

/** With the real Deno, unlike the tests of unpacking: whether it keeps out of the home folder is the question. */
async function runsForAnotherUser(folder: WorkFolder, file: string): Promise<void> {
  const home = folder.folder("home");
  Deno.chownSync(home, OTHER_USER, OTHER_USER);
  const asUser = ["setpriv", `--reuid=${OTHER_USER}`, `--regid=${OTHER_USER}`, "--clear-groups", file, "x"];
  for (const _ of ["first", "later"]) {
    const told: Told = JSON.parse((await mustRun(asUser, { env: { HOME: home } })).stdout);
    assert.equal(told.start.form, "portable");
  }
  assert.deepEqual(namesIn(`${home}/.local/share/container-hooks/portable`).length, 1);
  assert.deepEqual(namesIn(home), [".local"], "Deno keeps no cache in a home folder");
  const homeless = await run(asUser);
  assert.match(homeless.stderr, /HOME is not set; set HOME or CONTAINER_HOOKS_PORTABLE_DIR\n$/);
  assert.equal(homeless.status, 1);
}

Deno.test("a forced compiled form without a denort fails, says what to do, and leaves the old file", async () => {
  using folder = workFolder();
  folder.file("out/container-hooks", "the old one");
  await assert.rejects(
    makeProgram(folder, { form: "compiled" }),
    (error: Error) =>
      error instanceof BuildFailure &&
      /cannot be compiled: .*\/nonexistent\/denort.*; set DENORT_BIN to a denort \d/s.test(error.message),
  );
  assert.deepEqual(namesIn(`${folder.path}/out`), ["container-hooks"]);
  assert.equal(Deno.readTextFileSync(`${folder.path}/out/container-hooks`), "the old one");
});

Deno.test("a denort that makes a broken program is found out by running it", async () => {
  using folder = workFolder();
  const wrong = folder.program("denort", "");
  Deno.copyFileSync("/bin/sleep", wrong); // an ELF file that is no denort
  await assert.rejects(
    makeProgram(folder, { form: "compiled" }, wrong),
    (error: Error) => error instanceof BuildFailure && /the built file does not run/.test(error.message),
  );
});

Deno.test("a program that fails is not called built", async () => {
  using folder = workFolder();
  const entries = programEntries(folder);
  folder.file("program/main.ts", 'throw new Error("broken from the start");\n');
  await assert.rejects(
    makeProgram(folder, { form: "portable", entries }),
    (error: Error) =>
      error instanceof BuildFailure && /does not run: .*broken from the start/.test(error.message),
  );
  assert.deepEqual(namesIn(`${folder.path}/out`), []);
});

Deno.test({
  name: "the compiled form, called by a link's name, knows file, name and arguments",
  ignore: !denort || !denortDeno,
  async fn() {
    using folder = workFolder();
    const { made, output } = await makeProgram(folder, { form: "compiled", deno: denortDeno }, denort);
    assert.equal(made.form, "compiled");
    const link = `${folder.path}/container-hooks-runtime`;
    Deno.symlinkSync(output, link);
    const args = ["a b", "", "--portable=2:1:1:022", "/x", "y"];
    const told: Told = JSON.parse((await mustRun([link, ...args])).stdout);
    const { form, file, calledAs } = told.start;
    assert.deepEqual({ form, file, calledAs }, {
      form: "compiled",
      file: output,
      calledAs: "container-hooks-runtime",
    });
    assert.deepEqual(told.start.args, args);
    const plugin = folder.file("outside.js", 'export default "from the disk";');
    assert.equal((await mustRun([output, "import", plugin])).stdout, "from the disk\n");
    assert.equal((await mustRun([output, "lazily"])).stdout, "shared, shared, it's a module of its own\n");
    assert.equal((await mustRun([output, "isolate"])).stdout, "shared, from the isolate\n");
  },
});

const WRONG_WORDS: [string[], number, RegExp][] = [
  [["--form", "zip"], 2, /--form takes auto, compiled or portable, not zip/],
  [["--frm", "portable"], 2, /--frm/],
  [["--deno", "newest"], 1, /newest is neither a version nor a path/],
  [["--deno", "/nonexistent/deno"], 1, /\/nonexistent\/deno is no Deno/],
  [["--deno", "/bin/false"], 1, /\/bin\/false cannot be used/],
];

for (const [words, status, sentence] of WRONG_WORDS) {
  Deno.test(`the build refuses ${words.join(" ")} and says why`, async () => {
    using folder = workFolder();
    const output = `${folder.path}/container-hooks`;
    const build = [Deno.execPath(), "run", "-A", `${PROJECT}/tools/build.ts`, "--output", output, ...words];
    const ran = await run(build, { env: { NO_COLOR: "1" } });
    assert.match(ran.stderr, sentence);
    // What Deno itself warns of comes first, once for each of its caches.
    assert.match(ran.stderr, /^build: /m);
    assert.equal(ran.status, status);
    assert.throws(() => Deno.statSync(output), Deno.errors.NotFound);
  });
}
