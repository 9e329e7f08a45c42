import assert from "node:assert/strict";
import { denoHost } from "../../../mod/host/deno_host.ts";
import { findPlugins } from "../../../mod/plugin/find.ts";
import { PluginPlace } from "./plugin_place.ts";

function find(place: PluginPlace, folders = [place.plugins], taken: string[] = []) {
  return findPlugins(denoHost, folders, taken, place.sources).map(({ name, root, entry, problem }) => ({
    name,
    file: `${root}/${entry}`.slice(place.folder.length + 1),
    problem: problem?.what,
  }));
}

Deno.test("plugins are files, and folders with a plugin file, in the order of their names", () => {
  using place = new PluginPlace({ "b.js": "", "a.ts": "", "d/plugin.js": "", "c/plugin.ts": "" });
  assert.deepEqual(find(place), [
    { name: "a", file: "plugins/a.ts", problem: undefined },
    { name: "b", file: "plugins/b.js", problem: undefined },
    { name: "c", file: "plugins/c/plugin.ts", problem: undefined },
    { name: "d", file: "plugins/d/plugin.js", problem: undefined },
  ]);
});

Deno.test("shared files, tests, declarations, editors' files and other folders are left alone", () => {
  using place = new PluginPlace({
    "_shared.ts": "",
    ".a.ts": "",
    ".git/plugin.ts": "",
    "a_test.ts": "",
    "a.d.ts": "",
    "a.ts~": "",
    "README.md": "",
    "data/a.ts": "",
  });
  assert.deepEqual(find(place), []);
});

Deno.test("a folder of plugins that does not exist has none, and its coming is a change", () => {
  using place = new PluginPlace();
  assert.deepEqual(find(place, [`${place.folder}/none`]), []);
  assert.deepEqual(place.sources.list(), [{ path: `${place.folder}/none` }]);
});

Deno.test("a file whose name cannot be a plugin's is a problem, not passed over", () => {
  using place = new PluginPlace({ "My_Plugin.ts": "" });
  assert.match(find(place)[0]!.problem!, /My_Plugin cannot be a plugin's name/);
});

const TWICE: [string, Record<string, string>][] = [
  ["two files", { "a.ts": "", "a.js": "" }],
  ["a file and a folder", { "a.ts": "", "a/plugin.ts": "" }],
  ["two files of one folder", { "a/plugin.ts": "", "a/plugin.js": "" }],
];

for (const [what, files] of TWICE) {
  Deno.test(`${what} that give one name are a problem of that name`, () => {
    using place = new PluginPlace(files);
    const found = find(place);
    assert.equal(found.length, 1);
    assert.match(found[0]!.problem!, /its name a is also that of/);
  });
}

Deno.test("a plugin in a second folder does not take the place of one in the first", () => {
  using place = new PluginPlace({ "a.ts": "", "more/a.ts": "" });
  const found = find(place, [place.plugins, `${place.plugins}/more`]);
  assert.equal(found.length, 1);
  assert.match(found[0]!.problem!, /is also that of .*\/plugins\/a\.ts/);
});

Deno.test("a plugin does not take the place of a built-in one", () => {
  using place = new PluginPlace({ "hooks-json.ts": "" });
  assert.match(find(place, [place.plugins], ["hooks-json"])[0]!.problem!, /also that of a built-in plugin/);
});

Deno.test("a folder that is a symbolic link is noted with what it leads to", () => {
  using place = new PluginPlace({ "_real/plugin.ts": "" });
  Deno.symlinkSync("_real", `${place.plugins}/a`);
  assert.equal(find(place)[0]!.name, "a");
  const noted = place.sources.list().map(({ path }) => path.slice(place.plugins.length));
  assert.deepEqual(noted, ["", "/a", "/_real"]);
});
