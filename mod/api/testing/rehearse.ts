/** What a create with one plugin would come to, in a test. */
import { createTwoFilesPatch, OMIT_HEADERS } from "diff";
import { completeDevice } from "../../cdi/device_node.ts";
import { checkSpec } from "../../core/check_spec.ts";
import { at, FieldError } from "../../core/fields.ts";
import type { OptionDescriptor } from "../../core/manifest.ts";
import type { Edit } from "../../edits/kinds.ts";
import { mergeEdits } from "../../edits/merge.ts";
import { failure } from "../../errors.ts";
import { writeExactJson } from "../../text/json/exact.ts";
import { editJson, parseJson, parseJsonObject } from "../../text/json/json_text.ts";
import type { Plugin } from "../plugin.ts";
import { type AskOutcome, askWhole } from "./ask.ts";
import { type ContainerFields, specOf } from "./container.ts";
import type { Settings } from "./settings.ts";

/** What a create with one plugin would come to. */
export interface RehearsalOutcome extends AskOutcome {
  /** The sentence that the engine's user reads, where the container is denied. */
  refused?: string;
  /** The text of config.json after its edits: what they do not touch is as it was, to the byte. */
  config: string;
  /** What they change in it, as `diff -u` has it, a field a line; "" where nothing. It can stand in a test as it is. */
  diff: string;
}

/**
 * Tells what a create with this plugin would come to: {@linkcode ask} and all that follows, up to the text of
 * config.json.
 *
 * @throws As {@linkcode ask}; and where an edit does not fit the container, as the create would refuse it.
 *
 * @example
 * ```ts
 * import { definePlugin, setEnv } from "container-hooks/plugin";
 * import { assertEquals, assertMatch, rehearse } from "container-hooks/testing";
 *
 * const plugin = definePlugin({
 *   api: 1,
 *   name: "greet",
 *   version: "1.0.0",
 *   brief: "Greets",
 *   when: { annotations: { "^greet$": "." } },
 *   plan(_container, { log }) {
 *     log.info("greeted");
 *     return { edits: [setEnv("GREETING", "hello")] };
 *   },
 * });
 * const { diff, log } = await rehearse(plugin, { annotations: { greet: "yes" }, process: { env: ["A=b"] } });
 * assertEquals(log, ["info: greeted"]);
 * assertMatch(diff, /^[+] +"GREETING=hello"$/m);
 *
 * const { asked, reasons } = await rehearse(plugin);
 * assertEquals(asked, false);
 * assertEquals(reasons, ['annotations: no key matches "^greet$"']);
 * ```
 */
export async function rehearse<const O extends Record<string, OptionDescriptor>>(
  plugin: Plugin<O>,
  fields: ContainerFields = {},
  settings: Settings<O> = {},
): Promise<RehearsalOutcome> {
  const outcome = await askWhole(plugin, fields, settings);
  const before = writeExactJson(specOf(fields));
  const { deny, edits = [] } = outcome.plan;
  if (deny) {
    const refused = failure("denied", { plugin: plugin.name, reasons: deny }).what;
    return { ...outcome, refused, config: before, diff: "" };
  }
  const json = parseJsonObject(before, "the test's config.json");
  const spec = checkSpec(json.value, "the test's config.json");
  const owned = [{ plugin: plugin.name, edits: completeEdits(plugin.name, edits, settings) }];
  const config = editJson(json, mergeEdits(spec, owned)).text;
  return { ...outcome, config, diff: diffOf(before, config) };
}

function completeEdits(plugin: string, edits: readonly Edit[], { devices = {} }: Settings): Edit[] {
  const lstat = (path: string) => {
    const found = devices[path];
    const kind = found?.type === "b" ? "a block device" as const : "a character device" as const;
    return found && { kind, special: { major: found.major, minor: found.minor } };
  };
  return edits.map((edit, index) => {
    try {
      if (edit.edit === "cdi") {
        throw new FieldError(
          "name",
          "is looked up in the CDI specifications of a host, which a test does not have",
        );
      }
      return edit.edit === "device" ? { ...edit, device: completeDevice({ lstat }, edit.device) } : edit;
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      throw failure("plugin-edit", { plugin, field: `${at("edits", index)}.${error.field}`, why: error.why });
    }
  });
}

/** Lines around a change. */
const CONTEXT = 1;

function diffOf(before: string, after: string): string {
  if (before === after) return "";
  const [from, to] = [before, after].map((text) => `${writeExactJson(parseJson(text, "config.json"), 2)}\n`);
  const options = { context: CONTEXT, headerOptions: OMIT_HEADERS };
  return createTwoFilesPatch("", "", from!, to!, undefined, undefined, options);
}
