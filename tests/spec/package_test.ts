/** The packages of the built file, installed into a Debian in a folder by dpkg and by rpm. */
import assert from "node:assert/strict";
import { type DebianRoot, debianRoot } from "../harness/debian_root.ts";
import { builtFiles, type Form } from "../harness/forms.ts";
import { testWith } from "../harness/needs.ts";
import { mustRun, run } from "../harness/run.ts";
import { type WorkFolder, workFolder } from "../harness/work_folder.ts";

const PROJECT = new URL("../../", import.meta.url).pathname;
const form = builtFiles()[0]!;

/** Calls the task as a developer does. */
function makePackages(form: Form, output: string, more: string[] = []) {
  const words = [
    "run",
    "-A",
    "--no-check",
    "tools/package.ts",
    "--program",
    form.path,
    "--output",
    output,
    ...more,
  ];
  return run([Deno.execPath(), ...words], {
    cwd: PROJECT,
    env: {
      PATH: Deno.env.get("PATH")!,
      HOME: Deno.env.get("HOME") ?? "/",
      DENO_DIR: Deno.env.get("DENO_DIR") ?? "",
    },
    limit: 300,
  });
}

/** Makes them in a folder, and gets the names of what is there. */
async function packaged(work: WorkFolder): Promise<{ folder: string; names: string[] }> {
  const folder = `${work.path}/packages`;
  const made = await makePackages(form, folder);
  assert.equal(made.status, 0, made.stderr);
  assert.match(made.stdout, /Nothing is signed; --sign KEY signs/);
  return { folder, names: [...Deno.readDirSync(folder)].map(({ name }) => name).sort() };
}

/** Installs, upgrades, refuses to go while an engine names us, and goes without a trace. */
async function lives(
  root: DebianRoot,
  { install, upgrade, remove }: { install: string[]; upgrade: string[]; remove: string[] },
): Promise<void> {
  const must = async (...argv: string[]) => {
    const { said, status } = await root.run(...argv);
    assert.equal(status, 0, said);
    return said;
  };
  const before = await root.tree();
  assert.match(await must(...install), /launcher\s+\/usr\/bin\/container-hooks-runtime in front of/);
  assert.match(await must("container-hooks", "version"), /^version +\d/m);
  assert.match(await must(...upgrade), /are there already/);
  await must("container-hooks", "doctor", "--help");

  Deno.mkdirSync(`${root.path}/etc/docker`);
  const configured = `{"runtimes":{"hooks":{"path":"/usr/bin/container-hooks-runtime"}}}\n`;
  Deno.writeTextFileSync(`${root.path}/etc/docker/daemon.json`, configured);
  const refused = await root.run(...remove);
  assert.match(refused.said, /\/etc\/docker\/daemon\.json/, "the sentence names the file");
  assert.match(await must("container-hooks", "version"), /^version +\d/m);

  Deno.removeSync(`${root.path}/etc/docker`, { recursive: true });
  await must(...remove);
  assert.deepEqual(await root.tree(), before);
}

testWith(
  "deb: is installed, upgraded, kept while docker names it, and removed",
  ["root", "debian", "nfpm"],
  async () => {
    using work = workFolder();
    const { folder, names } = await packaged(work);
    const deb = names.find((name) => name.endsWith(".deb"))!;
    const root = await debianRoot(work);
    Deno.copyFileSync(`${folder}/${deb}`, `${root.path}/root/${deb}`);
    const install = ["dpkg", "--install", `/root/${deb}`];
    await lives(root, { install, upgrade: install, remove: ["dpkg", "--purge", "container-hooks"] });
  },
);

testWith("rpm: is installed, upgraded and removed", ["root", "debian", "nfpm", "rpm"], async () => {
  using work = workFolder();
  const { folder, names } = await packaged(work);
  const rpm = `${folder}/${names.find((name) => name.endsWith(".rpm"))!}`;
  const root = await debianRoot(work);
  // The host's rpm works in the folder, whose dpkg knows that runc is there.
  const outside: DebianRoot = {
    ...root,
    async run(...argv) {
      if (argv[0] !== "rpm") return await root.run(...argv);
      const ran = await run(["rpm", "--root", root.path, "--nodeps", ...argv.slice(1)]);
      return { said: ran.stdout + ran.stderr, status: ran.status };
    },
  };
  await lives(outside, {
    install: ["rpm", "--install", rpm],
    upgrade: ["rpm", "--upgrade", "--force", rpm],
    remove: ["rpm", "--erase", "container-hooks"],
  });
});

testWith("packages of one file are equal, and their checksums are right", ["root", "nfpm"], async () => {
  using work = workFolder();
  const first = await packaged(work);
  const second = `${work.path}/again`;
  assert.equal((await makePackages(form, second)).status, 0);
  assert.deepEqual(first.names.length, 4, first.names.join());
  for (const name of first.names) {
    const [one, other] = [first.folder, second].map((folder) => Deno.readFileSync(`${folder}/${name}`));
    assert.ok(
      one!.length === other!.length && one!.every((byte, at) => byte === other![at]),
      `${name} differs`,
    );
  }
  await mustRun(["sha256sum", "--check", "--strict", "SHA256SUMS"], { cwd: second });
});

testWith("what is signed is verified by the key that signed it", ["root", "nfpm"], async () => {
  using work = workFolder();
  const env = { GNUPGHOME: work.folder("gpg", 0o700) };
  const gpg = (...words: string[]) => mustRun(["gpg", "--batch", "--passphrase", "", ...words], { env });
  try {
    await gpg("--quick-generate-key", "Tests <tests@example.org>", "rsa2048", "sign");
    const key = `${work.path}/key.asc`;
    await gpg("--armor", "--output", key, "--export-secret-keys");
    const folder = `${work.path}/packages`;
    const made = await makePackages(form, folder, ["--sign", key]);
    assert.equal(made.status, 0, made.stderr);
    assert.doesNotMatch(made.stdout, /Nothing is signed/);
    await gpg("--verify", `${folder}/SHA256SUMS.asc`, `${folder}/SHA256SUMS`);
    const deb = [...Deno.readDirSync(folder)].find(({ name }) => name.endsWith(".deb"))!.name;
    const archive = new TextDecoder("latin1").decode(Deno.readFileSync(`${folder}/${deb}`));
    assert.ok(archive.includes("_gpgorigin"), "the archive has the signature among its members");
  } finally {
    await run(["gpgconf", "--kill", "all"], { env });
  }
});

testWith("a key that is none is refused with gpg's words", ["root", "nfpm"], async () => {
  using work = workFolder();
  const key = `${work.path}/key.asc`;
  Deno.writeTextFileSync(key, "no key\n");
  const made = await makePackages(form, `${work.path}/packages`, ["--sign", key]);
  assert.equal(made.status, 1);
  assert.match(made.stderr, /^package: nfpm did not make the deb[^]*PGP key/m);
  assert.doesNotMatch(made.stderr, /\n\s+at /);
});
