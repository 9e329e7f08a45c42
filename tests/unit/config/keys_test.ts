import assert from "node:assert/strict";
import { readConfig } from "../../../mod/config/config.ts";
import { DEFAULT_CONFIG, shownValue } from "../../../mod/config/default_text.ts";
import { type Key, listKeys } from "../../../mod/config/key.ts";
import { KEYS, POLICY_KEYS } from "../../../mod/config/keys.ts";
import { isTable } from "../../../mod/config/rules.ts";
import { listSettings } from "../../../mod/config/settings.ts";
import { type TomlValue, writeValue } from "../../../mod/text/toml/write.ts";
import { MemoryHost } from "../memory_host.ts";

const ALL = [...listKeys(KEYS), ...listKeys(POLICY_KEYS)];

/** A value that a file may set it to. */
function sample(key: Key<unknown>): unknown {
  return shownValue(key) ?? "/usr/bin/container-hooks-ctk";
}

async function hostSetting(key: Key<unknown>, value: unknown) {
  const host = new MemoryHost();
  const text = `[${key.section.replace("NAME", "a")}]\n${key.name} = ${writeValue(value as TomlValue)}\n`;
  host.file("/etc/container-hooks/config.toml", text);
  return await listSettings(host, await readConfig(host));
}

for (const key of ALL) {
  const name = `${key.section}.${key.name}`;

  Deno.test(`${name} takes its default or example, and is listed with it and its line`, async () => {
    const value = sample(key);
    const path = [...name.replace("NAME", "a").split(".")];
    const settings = (await hostSetting(key, value)).filter((each) =>
      path.every((word, i) => each.key[i] === word)
    );
    const place = { file: "/etc/container-hooks/config.toml", line: 2 };
    const listed = isTable(value)
      ? Object.entries(value).map(([inner, set]) => ({ key: [...path, inner], value: set, place }))
      : [{ key: path, value, place }];
    assert.deepEqual(settings, listed);
  });

  Deno.test(`${name} refuses what it does not take, and says what it takes`, async () => {
    const told = isTable(sample(key)) ? "a table" : key.takes.wanted;
    await assert.rejects(
      hostSetting(key, [[]]),
      (error: Error) => error.message.includes(`it takes ${told};`),
    );
  });

  Deno.test(`${name} stands in the installed config.toml, unless nothing is to be shown of it`, () => {
    const shown = shownValue(key);
    const line = isTable(shown) ? `\n#[${name}]\n` : `\n# ${key.brief}.\n#${key.name} = `;
    assert.equal(DEFAULT_CONFIG.includes(line), shown !== undefined && !key.withoutEffect);
  });
}

Deno.test("no key stands twice in a section", () => {
  const names = ALL.map(({ section, name }) => `${section}.${name}`);
  assert.deepEqual(names, [...new Set(names)]);
});
