import assert from "node:assert/strict";
import { setEnv } from "container-hooks/plugin";
import { trace } from "../../../mod/cli/trace/trace.ts";
import { inContext } from "./program_context.ts";
import { printingHost, record, type Recorded } from "./records.ts";

const SECRET = "hunter2";
const EVIL = `</script><script>alert("'&")</script>`;
const STEPS: Recorded["steps"] = [["program", -50], ["index", 1], ["identify", 2.5], ["plugin p", 10], [
  "edit",
  12,
]];
const PLUGIN = {
  name: "p",
  version: "1",
  selected: true,
  reasons: [],
  edits: [setEnv("A", SECRET)],
  handlers: { stages: ["poststop"] as const, options: {}, needs: {}, timeout: 1, onError: "fail" as const },
};
const RECORD: Recorded = {
  steps: STEPS,
  plugins: [PLUGIN],
  planned: { warm: false, why: EVIL },
  container: { names: [EVIL] },
  events: [
    { event: "planned", steps: [["journal", 13], ["rename", 14]] },
    { event: "called", stage: "poststop", plugin: "p" },
    { event: "ended", stage: "poststop", plugin: "p", result: "failed", took: 7.5, said: EVIL },
    { event: "called", stage: "poststop", plugin: "q" },
  ],
};

async function traced(flags: { json?: boolean; html?: string } = {}, recorded = RECORD) {
  const host = printingHost();
  host.folder("/out");
  await record(host, recorded);
  await trace.call(inContext(host), { json: false, ...flags }, "web");
  return { text: host.printed(), page: host.text("/out/page.html") ?? "", host };
}

Deno.test("each step has the time at which it began, and how long it took", async () => {
  const { steps } = JSON.parse((await traced({ json: true })).text);
  assert.deepEqual(
    steps.filter(({ part }: { part: string }) => part === "planning").map((
      { step, at, took }: { step: string; at: number; took?: number },
    ) => [step, at, took]),
    [
      ["program", -50, 50],
      ["request", 0, undefined],
      ["index", 0, 1],
      ["identify", 1, 1.5],
      ["plugin p", 2.5, 7.5],
      ["edit", 10, 2],
      ["journal", 12, 1],
      ["rename", 13, 1],
      ["runtime", 14, undefined],
    ],
  );
});

Deno.test("a handler that failed and one that never ended stand in the timeline", async () => {
  const { text } = await traced();
  assert.match(text, /^\+12 ms +7\.50 ms +poststop of p +failed: /m);
  assert.match(text, /^\+12 ms +poststop of q +never ended/m);
});

Deno.test("a create of which only the launcher knows has a timeline, too", async () => {
  const host = printingHost();
  const line = "2023-11-14T22:13:18Z refused web container-hooks was killed\n";
  host.file("/run/container-hooks/past-the-program", line, { mode: 0o600 });
  await trace.call(inContext(host), { json: false }, "web");
  assert.match(host.printed(), /refused +container-hooks was killed/);
});

Deno.test("a create that was refused was told twice, the second time as what is now", async () => {
  const { text, page } = await traced({}, {
    ...RECORD,
    outcome: "refused",
    failure: "p denies it",
    events: [],
  });
  assert.match(text, /refused +p denies it\n$/);
  assert.doesNotMatch(page, /<h2>Afterwards/);
});

Deno.test("on the page </script> in a label stays a text, and nothing is loaded or run", async () => {
  const { page } = await traced({ html: "/out/page.html" });
  assert.doesNotMatch(
    page,
    /<script|<\/script|<img|<link|<iframe|\bsrc=|\bhref=|url\(|@import|\bon\w+="|style="/i,
  );
  assert.ok(page.includes("&#60;/script&#62;&#60;script&#62;alert(&#34;&#39;&#38;&#34;)"));
  assert.match(page, /Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[\w+/]{43}='"/);
});

Deno.test("the policy of the page names the very style that stands in it", async () => {
  const { page } = await traced({ html: "/out/page.html" });
  const style = /<style>([^]*)<\/style>/.exec(page)![1]!;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style)));
  assert.ok(page.includes(`'sha256-${btoa(String.fromCharCode(...hash))}'`));
});

Deno.test("neither page nor timeline has values of variables", async () => {
  const { page, text } = await traced({ html: "/out/page.html", json: true });
  assert.ok(!page.includes(SECRET) && !text.includes(SECRET));
});

Deno.test("a page takes the place of a page as a whole, and of nothing that is no regular file", async () => {
  const { host } = await traced({ html: "/out/page.html" });
  assert.equal(host.lstat("/out/page.html")!.mode, 0o600);
  host.symlink("/out/link", "/out/page.html");
  const write = (html: string) => trace.call(inContext(host), { json: false, html }, "web");
  await assert.rejects(write("/out/link"), {
    message: /page \/out\/link is a symbolic link, not a regular file/,
  });
  await assert.rejects(write("/nowhere/page.html"), {
    message: /cannot be written: its folder does not exist/,
  });
});
