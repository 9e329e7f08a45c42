import assert from "node:assert/strict";
import { containerdConfiguration } from "../../../../mod/engines/containerd/config.ts";
import { crioConfiguration } from "../../../../mod/engines/crio/config.ts";
import type { EngineFacts } from "../../../../mod/engines/setup/engine_configuration.ts";
import { podmanConfiguration } from "../../../../mod/engines/podman/config.ts";

function factsOf(files: Record<string, string>): EngineFacts {
  return {
    text: (file) => files[file],
    names: (folder) =>
      Object.keys(files).filter((file) => file.startsWith(`${folder}/`)).map((file) =>
        file.slice(folder.length + 1)
      ),
  };
}

Deno.test("containerd: runtimes of all imported files, with file and line, and the default that counts", () => {
  const facts = factsOf({
    "/etc/containerd/config.toml": `version = 2
imports = ["conf.d/*.toml"]
[plugins."io.containerd.grpc.v1.cri".containerd]
default_runtime_name = "runc"
runtimes.runc.runtime_type = "io.containerd.runc.v2"
`,
    "/etc/containerd/conf.d/10.toml": `version = 3
[plugins."io.containerd.cri.v1.runtime".containerd]
default_runtime_name = "kata"

[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.kata.options]
BinaryName = "/opt/kata"
`,
    "/etc/containerd/conf.d/README": "not TOML",
  });
  assert.deepEqual(containerdConfiguration.read(facts, "/etc/containerd/config.toml"), {
    runtimes: [
      { name: "runc", file: "/etc/containerd/config.toml", line: 5 },
      { name: "kata", path: "/opt/kata", file: "/etc/containerd/conf.d/10.toml", line: 5 },
    ],
    default: "kata",
  });
});

Deno.test("containerd: files that import each other are read once", () => {
  const text = 'version = 3\nimports = ["/a/one.toml", "/a/two.toml"]\n';
  const facts = factsOf({ "/a/one.toml": text, "/a/two.toml": text });
  assert.deepEqual(containerdConfiguration.read(facts, "/a/one.toml"), { runtimes: [] });
});

Deno.test("CRI-O: the main file and every drop-in, whatever it is called", () => {
  const facts = factsOf({
    "/etc/crio/crio.conf": '[crio.runtime]\ndefault_runtime = "runc"\n',
    "/etc/crio/crio.conf.d/20-a": '[crio.runtime.runtimes.b]\nruntime_path = "/b2"\n',
    "/etc/crio/crio.conf.d/10-a":
      '\n[crio.runtime.runtimes.b]\nruntime_path = "/b1"\n[crio.runtime.runtimes.c]\n',
  });
  assert.deepEqual(crioConfiguration.read(facts, crioConfiguration.defaultFile), {
    runtimes: [
      { name: "b", path: "/b2", file: "/etc/crio/crio.conf.d/20-a", line: 1 },
      { name: "c", file: "/etc/crio/crio.conf.d/10-a", line: 4 },
    ],
    default: "runc",
  });
});

Deno.test("podman: what the distribution ships, the main file and the drop-ins that end in .conf", () => {
  const facts = factsOf({
    "/usr/share/containers/containers.conf":
      '[engine]\nruntime = "crun"\n[engine.runtimes]\ncrun = ["/a", "/b"]\n',
    "/etc/containers/containers.conf": 'engine.runtimes.kata = ["/kata"]\n',
    "/etc/containers/containers.conf.d/a.conf.bak": "not TOML",
  });
  assert.deepEqual(podmanConfiguration.read(facts, podmanConfiguration.defaultFile), {
    runtimes: [
      { name: "crun", path: "/a", file: "/usr/share/containers/containers.conf", line: 4 },
      { name: "kata", path: "/kata", file: "/etc/containers/containers.conf", line: 1 },
    ],
    default: "crun",
  });
});

Deno.test("without a way to list folders, our own drop-in is looked at", () => {
  const text = (file: string) =>
    file === podmanConfiguration.defaultFile ? '[engine.runtimes]\nours = ["/x"]\n' : undefined;
  assert.deepEqual(podmanConfiguration.read({ text }, podmanConfiguration.defaultFile), {
    runtimes: [{ name: "ours", path: "/x", file: podmanConfiguration.defaultFile, line: 2 }],
  });
});
