/** Starting a program by Deno, for a C library that cannot do what host/spawn.ts asks of it. */
import type { Command } from "./host.ts";
import type { Hear, Started } from "./spawn.ts";
import { pause } from "./timer.ts";

/** Milliseconds without a byte after which an output counts as read: a child of the program may keep it open. */
const SILENCE = 20;

/** The same as `startProgram`. @throws what the system says where it cannot be started */
export function startByDeno({ path, args, env, stdin, cwd = "/" }: Command, hear: Hear): Started {
  const child = new Deno.Command(path, {
    args,
    env,
    clearEnv: true,
    cwd,
    stdin: stdin ? "piped" : "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  if (stdin) void feed(child.stdin, stdin);
  return { pid: child.pid, ended: follow(child, hear) };
}

/** A program that does not read its input closes the pipe: that is its right. */
async function feed(stdin: WritableStream<Uint8Array>, bytes: Uint8Array): Promise<void> {
  try {
    const writer = stdin.getWriter();
    await writer.write(bytes);
    await writer.close();
  } catch {
    // It has ended, or does not want any more of it.
  }
}

async function follow(child: Deno.ChildProcess, hear: Hear): Promise<number> {
  let heard = 0;
  const readers = [child.stdout.getReader(), child.stderr.getReader()];
  const read = async (reader: ReadableStreamDefaultReader<Uint8Array>, stream: 0 | 1) => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      heard++;
      hear(stream, part.value);
    }
  };
  const all = Promise.all(readers.map((reader, index) => read(reader, index as 0 | 1)));
  all.catch(() => {});
  const { code } = await child.status;
  for (let before = -1; before !== heard;) {
    before = heard;
    if (await Promise.race([all.then(() => true), pause(SILENCE)])) break;
  }
  for (const reader of readers) reader.cancel().catch(() => {});
  return code;
}
