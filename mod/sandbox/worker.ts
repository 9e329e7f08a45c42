/**
 * `isolation = "worker"`, the core's side: the plugin runs in an isolate of its own, and everything that passes
 * between the two is plain data.
 */
import type { Container, PlanContext } from "../api/plugin.ts";
import { Failure } from "../errors.ts";
import { answerCall } from "./sync_call.ts";
import type { CachedPlugin } from "../plugin/load.ts";
import { WORKER_NAME } from "../entry_points.ts";
import {
  type FromWorker,
  type HostCall,
  type HostOutcome,
  type SentThrown,
  toSend,
  type ToWorker,
} from "./worker_messages.ts";

/** A plugin in its own isolate; disposing of it ends whatever runs there. */
export interface WorkerCode extends Disposable {
  plan(container: Container, context: PlanContext): Promise<unknown>;
}

/**
 * Starts the isolate and has it open the plugin.
 *
 * @throws what went wrong there
 */
export async function startWorker(module: string, code: CachedPlugin): Promise<WorkerCode> {
  const worker = new Worker(module, { type: "module", name: WORKER_NAME });
  const send = (message: ToWorker) => worker.postMessage(message);
  let receive: (message: FromWorker) => void;
  let fail: (thrown: unknown) => void;
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => receive(data);
  worker.onerror = (event) => {
    event.preventDefault();
    fail(new Error(event.message));
  };
  await new Promise<void>((resolve, reject) => {
    fail = reject;
    receive = (message) => {
      if ("ready" in message) send({ open: code });
      else if ("thrown" in message) reject(rebuilt(message.thrown));
      else resolve();
    };
  });
  return {
    plan: (container, { options, host, log, signal, features }) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => worker.terminate());
        fail = reject;
        receive = (message) => {
          if ("answer" in message) resolve(message.answer);
          else if ("thrown" in message) reject(rebuilt(message.thrown));
          else if ("say" in message) log[message.say](message.message);
          else if ("call" in message) void serve({ ...host, features }, message.call, send);
        };
        send({ plan: { container, options } });
      }),
    [Symbol.dispose]: () => worker.terminate(),
  };
}

async function serve(
  host: PlanContext["host"] & Pick<PlanContext, "features">,
  call: HostCall,
  send: (message: ToWorker) => void,
): Promise<void> {
  const outcome = await outcomeOf(() => (host[call.name] as (...args: unknown[]) => unknown)(...call.args));
  if (call.buffer) answerCall(call.buffer, outcome);
  else send({ reply: call.id, outcome });
}

async function outcomeOf(action: () => unknown): Promise<HostOutcome> {
  try {
    return { value: await action() };
  } catch (thrown) {
    return { thrown: toSend(thrown) };
  }
}

function rebuilt({ failure, ...thrown }: SentThrown): unknown {
  return failure ? new Failure(failure.code, failure) : thrown;
}
