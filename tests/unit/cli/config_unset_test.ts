import assert from "node:assert/strict";
import { unset } from "../../../mod/cli/config/unset.ts";
import { show } from "../../../mod/cli/config/config.ts";
import { readConfig } from "../../../mod/config/config.ts";
import { MemoryHost } from "../memory_host.ts";
import { inContext } from "./program_context.ts";

const FOLDER = "/etc/container-hooks";
const MAIN = `${FOLDER}/config.toml`;
const ADDED = `${FOLDER}/conf.d/20-b.toml`;

function hostWith(files: Record<string, string>): MemoryHost {
  const host = new MemoryHost();
  for (const [path, text] of Object.entries(files)) host.file(path, text);
  return host;
}

/** What it prints; the message where it is refused. */
async function unsetIn(host: MemoryHost, words: string[], more: object = {}): Promise<string> {
  host.out = "";
  return await unset.call(inContext(host), { json: false, dryRun: false, ...more }, ...words)
    .then(() => host.out, (error) => error.message);
}

const TEXT = "# ours\n\n[container-hooks]\n# why\ndeadline = 90   # long\nconcurrency = 2\n";

Deno.test("unset takes one line out, and leaves comments and everything else", async () => {
  const host = hostWith({ [MAIN]: TEXT });
  assert.equal(
    await unsetIn(host, ["container-hooks.deadline"]),
    `container-hooks.deadline is gone from ${MAIN}:5\n`,
  );
  assert.equal(host.text(MAIN), "# ours\n\n[container-hooks]\n# why\nconcurrency = 2\n");
  assert.equal((await readConfig(host)).deadline, 60);
});

Deno.test("unset takes a key out of every file, so that its default holds", async () => {
  const host = hostWith({ [MAIN]: TEXT, [ADDED]: "container-hooks = { deadline = 30, concurrency = 1 }\n" });
  const said = await unsetIn(host, ["container-hooks.deadline"]);
  assert.equal(said, `container-hooks.deadline is gone from ${MAIN}:5 and ${ADDED}:1\n`);
  const { deadline, concurrency } = await readConfig(host);
  assert.deepEqual([deadline, concurrency], [60, 1]);
});

Deno.test("unset takes a whole table, with the tables in it", async () => {
  const host = hostWith({
    [MAIN]: `${TEXT}\n[plugins.audit]\nmode = "off"\n\n[plugins.audit.options]\ntext = "x"\n`,
  });
  assert.match(await unsetIn(host, ["plugins.audit"]), /^plugins\.audit is gone from /);
  assert.equal(host.text(MAIN), TEXT);
});

Deno.test("unset of what has its default says so, again and again", async () => {
  const host = hostWith({ [MAIN]: TEXT });
  for (const word of ["container-hooks-runtime.log-level", "plugins.audit.mode"]) {
    assert.equal(await unsetIn(host, [word]), `${word} was not set in any file\n`);
  }
  assert.equal(host.text(MAIN), TEXT);
});

Deno.test("unset takes nothing where one of the keys is wrong", async () => {
  const host = hostWith({ [MAIN]: TEXT });
  const refusals: [string[], RegExp][] = [
    [[], /takes at least one KEY$|takes at least one KEY/],
    [["container-hooks.deadline", "container-hooks.dedline"], /did you mean container-hooks\.deadline\?$/],
    [["container-hooks.deadline", "a b"], /"a b" is not a key such as/],
    [["container-hooks.deadline=3"], /is not a key such as/],
    [["zzz"], /no configuration file sets zzz/],
  ];
  for (const [words, message] of refusals) assert.match(await unsetIn(host, words), message);
  assert.equal(host.text(MAIN), TEXT);
});

Deno.test("unset --dry-run prints the difference, --json what would go, and neither writes", async () => {
  const host = hostWith({ [MAIN]: TEXT });
  const diff = await unsetIn(host, ["container-hooks.deadline"], { dryRun: true });
  assert.match(diff, /^-deadline = 90 {3}# long$/m);
  const told = JSON.parse(await unsetIn(host, ["container-hooks.deadline"], { dryRun: true, json: true }));
  assert.deepEqual(told, { dryRun: true, unset: [{ key: "container-hooks.deadline", file: MAIN, line: 5 }] });
  assert.equal(host.text(MAIN), TEXT);
});

Deno.test("unset is refused where containers would stop for it", async () => {
  const host = hostWith({
    [MAIN]:
      '[container-hooks]\npath = "/etc/hooks.json"\n\n[plugins.gone]\nmode = "off"\nisolation = "worker"\n',
    "/etc/hooks.json": "{}",
  });
  const said = await unsetIn(host, ["plugins.gone.mode"]);
  assert.match(said, /^nothing was written, since the configuration would be wrong: .*gone/);
  assert.match(host.text(MAIN)!, /mode = "off"/);
});

Deno.test("show --quiet lists every key that can be set, those of each plugin too", async () => {
  const host = hostWith({ [MAIN]: '[plugins.audit]\nmode = "off"\n' });
  await show.call(inContext(host), { json: false, quiet: true });
  const names = host.out.trim().split("\n");
  for (const name of ["container-hooks.deadline", "plugins.audit.on-error"]) {
    assert.ok(names.includes(name), name);
  }
  assert.ok(names.every((name) => !name.includes("NAME")));
});
