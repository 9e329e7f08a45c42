/** The lines of the launcher that ask the service, in every shell: whatever is not as it should be is said, at once. */
import assert from "node:assert/strict";
import { SERVICE_VERSION } from "../../mod/wrapper/launcher_contract.ts";
import { askServiceText } from "../../mod/wrapper/fill_script.ts";
import { SHELLS } from "../harness/launcher.ts";
import { testWith } from "../harness/needs.ts";
import { run } from "../harness/run.ts";
import { workFolder } from "../harness/work_folder.ts";

const PROGRAM = "/opt/the program";
const V = SERVICE_VERSION;

/** What the file `now` of the service holds, and why a launcher does not ask it; undefined: there is none. */
const COLD: [now: string | undefined, why: string][] = [
  [undefined, "no service runs"],
  [
    `${V + 1} abc 256 ${PROGRAM}\n`,
    `the service speaks version ${V + 1}, and this launcher ${V}`,
  ],
  [`${V - 1} abc 256 ${PROGRAM}\n`, `the service speaks version ${V - 1}, and this launcher ${V}`],
  ["cold the configuration says so\n", "the configuration says so"],
  // What a version to come may have made of the line.
  [`${V + 1}\n`, `the service speaks version ${V + 1}, and this launcher ${V}`],
  [`${V} abc 256 /opt/newer\n`, "the service is of another program, /opt/newer"],
  [`${V} ../abc 256 ${PROGRAM}\n`, "the service does not say where it is"],
  [`${V} abc 0 ${PROGRAM}\n`, "the service does not say where it is"],
  [`${V} abc 4 ${PROGRAM}\n`, "all places of the service are taken"],
];

for (const { name, argv } of SHELLS) {
  testWith(`${name}: a service that cannot be asked is not waited for, and why is said`, [name], async () => {
    using work = workFolder();
    const script = work.file(
      "script",
      `${askServiceText()}
container_hooks_program='${PROGRAM}' container_hooks_place=
set -C
{ container_hooks_ask "$1" 0 about; } 2>/dev/null && exit 1
printf '%s' "$container_hooks_why"
`,
    );
    for (const [now, why] of COLD) {
      const folder = work.folder(`service-${crypto.randomUUID()}`);
      if (now !== undefined) Deno.writeTextFileSync(`${folder}/now`, now);
      // All places are held where they are looked for.
      Deno.mkdirSync(`${folder}/abc`);
      Deno.writeTextFileSync(`${folder}/abc/ask`, "");
      for (const n of [0, 1, 2, 3]) {
        Deno.writeTextFileSync(`${folder}/abc/reply-${n}`, "");
        Deno.writeTextFileSync(`${folder}/abc/lock-${n}`, "");
      }
      const { status, stdout } = await run([...argv, script, folder]);
      assert.deepEqual([status, stdout], [0, why], JSON.stringify(now));
    }
  });
}
