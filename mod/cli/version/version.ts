/** `container-hooks version`: which program this is, to the byte. */
import { sha256 } from "../../core/sha256.ts";
import { failure } from "../../errors.ts";
import { type Form, PLUGIN_API } from "../../core/version.ts";
import { readFile } from "../../host/files.ts";
import type { Host } from "../../host/host.ts";
import { FILE_LIMIT } from "../../install/compare_item.ts";
import type { Program } from "../../plugin/program.ts";
import { printJson, printPairs } from "../kit/output.ts";
import type { ProgramContext } from "../program_context.ts";

/** The running program, named so that another can be compared with it. */
export interface VersionReport {
  version: string;
  /** The newest plugin interface that it knows. */
  api: number;
  form: Form;
  /** Version of the Deno below. */
  deno: string;
  /** Version of the V8 below. */
  v8: string;
  /** Architecture and system that it runs on, such as "x86_64-unknown-linux-gnu". */
  target: string;
  /** The one file that was copied here, without symbolic links; of form "source", main.ts. */
  file: string;
  /** Bytes of `file`. */
  size: number;
  /** Checksum of `file`, in hexadecimal; absent where it was not asked for. */
  sha256?: string;
}

/** Prints which file is running. Its checksum takes longer than all the rest, so it is made when asked for. */
export async function version(
  this: ProgramContext,
  flags: { json: boolean; sha256: boolean },
): Promise<void> {
  const report = await reportOf(this.host, this.program, flags.json || flags.sha256);
  if (flags.json) return printJson(this.host, report);
  await printPairs(this.host, [
    ["version", report.version],
    ["plugin api", String(report.api)],
    ["form", report.form],
    ["deno", `${report.deno} (v8 ${report.v8})`],
    ["target", report.target],
    ["file", report.file],
    ["size", `${report.size} bytes`],
    ...(report.sha256 === undefined ? [] : [["sha256", report.sha256] as [string, string]]),
  ]);
}

/** @throws {Failure} file-unreadable and its like, as after an update that removed the file */
async function reportOf(
  host: Host,
  { version, form, platform: { deno, v8, target }, file }: Program,
  hashed: boolean,
): Promise<VersionReport> {
  const report = { version, api: PLUGIN_API, form, deno, v8, target, file };
  if (!hashed) return { ...report, size: sizeOf(host, file) };
  const { bytes } = readFile(host, file, "program", FILE_LIMIT);
  return { ...report, size: bytes.length, sha256: await sha256(bytes) };
}

function sizeOf(host: Host, path: string): number {
  const status = host.lstat(path);
  if (!status) throw failure("file-missing", { what: "program", path });
  return status.size;
}
