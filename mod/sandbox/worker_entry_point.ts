/** `isolation = "worker"`, the plugin's side: opens one plugin, asks it once, and is ended from outside. */
import type { Container, PlanContext, PluginHost, PluginLog } from "../api/plugin.ts";
import { Failure } from "../errors.ts";
import { refuseCodeFromText } from "./code_from_text.ts";
import { replaceTimers } from "./timers.ts";
import { replaceConsole } from "./console.ts";
import { hintAtHost, withholdGlobals } from "./globals.ts";
import { callBuffer, waitForAnswer } from "./sync_call.ts";
import { nextTurn } from "../host/timer.ts";
import { type OpenedPlugin, openPlugin } from "../plugin/load.ts";
import { freeze } from "../core/freeze.ts";
import { takeAnswer } from "../edits/take_answer.ts";
import {
  type FromWorker,
  type HostCall,
  type HostOutcome,
  toSend,
  type ToWorker,
} from "./worker_messages.ts";

/** The isolate as its global object shows it. */
interface Scope {
  postMessage(message: FromWorker): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
}

/** Listens to the core from here on. */
export function serveWorker(): void {
  const scope = globalThis as unknown as Scope;
  const send = scope.postMessage.bind(scope);
  const replies = new Map<number, (outcome: HostOutcome) => void>();
  let opened: OpenedPlugin | undefined;

  scope.onmessage = async ({ data }) => {
    try {
      if ("reply" in data) return replies.get(data.reply)?.(data.outcome);
      if ("open" in data) {
        opened = await openPlugin(data.open);
        return send({ opened: true });
      }
      withhold(send);
      send({ answer: await answer(opened!, data.plan, send, replies) });
    } catch (thrown) {
      send({ thrown: toSend(hintAtHost(thrown)) });
    }
  };
  send({ ready: true });
}

/** The core has dropped the process's permissions by now. */
function withhold(send: Scope["postMessage"]): void {
  for (const [type, field] of [["unhandledrejection", "reason"], ["error", "error"]] as const) {
    addEventListener(type, (event) => {
      // Otherwise Deno prints it with a stack.
      event.preventDefault();
      send({ thrown: toSend((event as unknown as Record<string, unknown>)[field]) });
    });
  }
  replaceConsole((say, message) => send({ say, message }));
  refuseCodeFromText();
  replaceTimers();
  withholdGlobals();
}

async function answer(
  opened: OpenedPlugin,
  { container, options }: { container: Container; options: Record<string, unknown> },
  send: Scope["postMessage"],
  replies: Map<number, (outcome: HostOutcome) => void>,
): Promise<unknown> {
  const say = (level: keyof PluginLog) => (message: string) => send({ say: level, message: String(message) });
  const plugin = await opened.load();
  const answered = await plugin.plan?.(freeze(container), {
    options: options as PlanContext["options"],
    ...outsideByCalls(send, replies),
    log: { debug: say("debug"), info: say("info"), warn: say("warn") },
    // At the limit the isolate is ended, which no signal can tell it.
    signal: new AbortController().signal,
  });
  // A rejection that nobody handles is reported in the next turn.
  await nextTurn();
  // Before it is sent, which would call getters and lose what is inherited, a denial for example.
  return takeAnswer(plugin, answered);
}

function outsideByCalls(
  send: Scope["postMessage"],
  replies: Map<number, (outcome: HostOutcome) => void>,
): Pick<PlanContext, "host" | "features"> {
  let calls = 0;
  const wait = (name: keyof PluginHost) => (...args: unknown[]) => {
    const buffer = callBuffer();
    send({ call: { name, args, id: calls++, buffer } });
    return valueOf(waitForAnswer(buffer) as HostOutcome) as never;
  };
  const later = (name: HostCall["name"]) => async (...args: unknown[]) => {
    const id = calls++;
    const outcome = new Promise<HostOutcome>((resolve) => replies.set(id, resolve));
    send({ call: { name, args, id } });
    return valueOf(await outcome) as never;
  };
  return {
    host: {
      readTextFile: wait("readTextFile"),
      readJsonFile: wait("readJsonFile"),
      lstat: wait("lstat"),
      readLink: wait("readLink"),
      kept: wait("kept"),
      run: later("run"),
    },
    features: later("features"),
  };
}

function valueOf(outcome: HostOutcome): unknown {
  if (!outcome.thrown) return outcome.value;
  const { failure, message, remedy } = outcome.thrown;
  // Made here, so that its stack leads to the plugin's line.
  throw failure ? new Failure(failure.code, failure) : Object.assign(new Error(message), { remedy });
}
