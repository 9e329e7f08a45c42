/** The service that calls handlers: what a container gets through it is what it gets without, and nothing is done twice. */
import assert from "node:assert/strict";
import { specTest } from "../harness/needs.ts";
import { servedHandlers } from "../harness/served_handlers.ts";

const note = (stage: string) => `await note("${stage}", state.id, carry.of, String((state.pid ?? 0) > 1));`;
const ALL = {
  createRuntime: note("createRuntime"),
  poststart: note("poststart"),
  poststop: note("poststop"),
};

specTest("handlers through the service are called as without", ["root", "runc"], async (subject) => {
  await using scene = await servedHandlers(subject, ALL);
  const { here, bundle } = scene;
  const outcome = async (id: string) => {
    const ran = await here.create(id, bundle.path);
    const notes = (await scene.notes()).map((line) => line.replaceAll(id, "ID"));
    await scene.forget();
    return { status: ran.status, stdout: ran.stdout, stderr: ran.stderr, notes };
  };
  const cold = await outcome("cold");

  assert.deepEqual([cold.status, cold.stdout, cold.stderr], [0, "started\n", ""]);
  assert.deepEqual(cold.notes, ["createRuntime ID ID true", "poststart ID ID true", "poststop ID ID false"]);
  await scene.serve();
  assert.deepEqual(await outcome("warm"), cold);
  assert.deepEqual(await scene.counted(), { warm: 3, refused: 0 });
  assert.deepEqual(await scene.left(), []);
}, "files");
