/** Cases of docker's daemon.json, as texts: what counts in it are single blanks. */
import type { RuntimeEntry } from "../../../../mod/engines/setup/engine_configuration.ts";

/** Ours, as it is put in where a case says nothing else. */
export const ENTRY: RuntimeEntry = { name: "container-hooks", path: "/usr/bin/hooks", setAsDefault: false };
const AS_DEFAULT = { ...ENTRY, setAsDefault: true };

/** A text before and after. */
export interface Case {
  name: string;
  before: string | undefined;
  entry?: RuntimeEntry;
  after: string;
  /** What stays when ours is taken out without a record of what was there; the original where nothing is said. */
  left?: string;
  previousDefault?: string;
}

/** Texts that are changed. */
export const CASES: Case[] = [
  {
    name: "a missing file is made",
    before: undefined,
    after: '{\n  "runtimes": {\n    "container-hooks": {\n      "path": "/usr/bin/hooks"\n    }\n  }\n}\n',
    left: "{}\n",
  },
  {
    name: "an empty file is filled",
    before: "",
    after: '{\n  "runtimes": {\n    "container-hooks": {\n      "path": "/usr/bin/hooks"\n    }\n  }\n}\n',
    left: "{}\n",
  },
  {
    name: "a file of blanks is filled",
    before: " \n\n",
    after: '{\n  "runtimes": {\n    "container-hooks": {\n      "path": "/usr/bin/hooks"\n    }\n  }\n}\n',
    left: "{}\n",
  },
  {
    name: "an empty object says nothing of a style",
    before: "{}\n",
    after: '{\n  "runtimes": {\n    "container-hooks": {\n      "path": "/usr/bin/hooks"\n    }\n  }\n}\n',
  },
  {
    name: "a default is set beside the runtime",
    before: '{\n  "debug": true\n}\n',
    entry: AS_DEFAULT,
    after:
      '{\n  "debug": true,\n  "runtimes": {\n    "container-hooks": {\n      "path": "/usr/bin/hooks"\n    }\n  },\n' +
      '  "default-runtime": "container-hooks"\n}\n',
  },
  {
    name: "an object on one line stays on it",
    before: '{ "debug": true }',
    after: '{ "debug": true, "runtimes": {"container-hooks": {"path": "/usr/bin/hooks"}} }',
  },
  {
    name: "a text without blanks stays without",
    before: '{"debug":true,"labels":["a=b"]}',
    after: '{"debug":true,"labels":["a=b"],"runtimes":{"container-hooks":{"path":"/usr/bin/hooks"}}}',
  },
  {
    name: "tabs",
    before: '{\n\t"debug": true\n}\n',
    after:
      '{\n\t"debug": true,\n\t"runtimes": {\n\t\t"container-hooks": {\n\t\t\t"path": "/usr/bin/hooks"\n\t\t}\n\t}\n}\n',
  },
  {
    name: "four blanks",
    before: '{\n    "debug": true\n}\n',
    after:
      '{\n    "debug": true,\n    "runtimes": {\n        "container-hooks": {\n            "path": "/usr/bin/hooks"\n' +
      "        }\n    }\n}\n",
  },
  {
    name: "line ends of Windows",
    before: '{\r\n  "debug": true\r\n}\r\n',
    after:
      '{\r\n  "debug": true,\r\n  "runtimes": {\r\n    "container-hooks": {\r\n      "path": "/usr/bin/hooks"\r\n' +
      "    }\r\n  }\r\n}\r\n",
  },
  {
    name: "a text without a line end at its end",
    before: '{\n  "debug": true\n}',
    after:
      '{\n  "debug": true,\n  "runtimes": {\n    "container-hooks": {\n      "path": "/usr/bin/hooks"\n    }\n  }\n}',
  },
  {
    name: "odd indentation, blank lines and blanks at line ends stay",
    before: '{\n\n "debug"  :   true ,  \n      "labels":[  "a=b"]\n\n}\n\n',
    after:
      '{\n\n "debug"  :   true ,  \n      "labels":[  "a=b"],\n "runtimes": {\n  "container-hooks": {\n' +
      '   "path": "/usr/bin/hooks"\n  }\n }\n\n}\n\n',
  },
  {
    name: "other runtimes stay, and ours is the last",
    before: '{\n  "runtimes": {\n    "kata": { "runtimeType": "io.containerd.kata.v2" }\n  }\n}\n',
    after:
      '{\n  "runtimes": {\n    "kata": { "runtimeType": "io.containerd.kata.v2" },\n    "container-hooks": {\n' +
      '      "path": "/usr/bin/hooks"\n    }\n  }\n}\n',
  },
  {
    name: "what nvidia-ctk wrote stays",
    before: '{\n    "runtimes": {\n        "nvidia": {\n            "args": [],\n            "path": ' +
      '"nvidia-container-runtime"\n        }\n    }\n}',
    after: '{\n    "runtimes": {\n        "nvidia": {\n            "args": [],\n            "path": ' +
      '"nvidia-container-runtime"\n        },\n        "container-hooks": {\n            "path": "/usr/bin/hooks"\n' +
      "        }\n    }\n}",
  },
  {
    name: "nvidia's default gives way, and comes back",
    before:
      '{\n  "default-runtime": "nvidia",\n  "runtimes": {"nvidia": {"path": "nvidia-container-runtime"}}\n}\n',
    entry: AS_DEFAULT,
    after:
      '{\n  "default-runtime": "container-hooks",\n  "runtimes": {"nvidia": {"path": "nvidia-container-runtime"}, ' +
      '"container-hooks": {"path": "/usr/bin/hooks"}}\n}\n',
    previousDefault: "nvidia",
  },
  {
    name: "a default that is spelled out comes back",
    before: '{\n  "default-runtime": "runc"\n}\n',
    entry: AS_DEFAULT,
    after:
      '{\n  "default-runtime": "container-hooks",\n  "runtimes": {\n    "container-hooks": {\n      "path": ' +
      '"/usr/bin/hooks"\n    }\n  }\n}\n',
    previousDefault: "runc",
  },
  {
    name: "a default whose runtime is gone does not come back: docker would not start",
    before: '{\n  "debug": true,\n  "default-runtime": "gone"\n}\n',
    entry: AS_DEFAULT,
    after:
      '{\n  "debug": true,\n  "default-runtime": "container-hooks",\n  "runtimes": {\n    "container-hooks": {\n' +
      '      "path": "/usr/bin/hooks"\n    }\n  }\n}\n',
    previousDefault: "gone",
    left: '{\n  "debug": true\n}\n',
  },
  {
    name: "an existing default stays where ours is not to be it",
    before: '{\n  "default-runtime": "kata",\n  "runtimes": {\n    "kata": {"path": "/opt/kata"}\n  }\n}\n',
    after:
      '{\n  "default-runtime": "kata",\n  "runtimes": {\n    "kata": {"path": "/opt/kata"},\n    "container-hooks": {\n' +
      '      "path": "/usr/bin/hooks"\n    }\n  }\n}\n',
  },
  {
    name: "an empty object of runtimes is used",
    before: '{\n  "runtimes": {},\n  "debug": true\n}\n',
    after:
      '{\n  "runtimes": {\n    "container-hooks": {\n      "path": "/usr/bin/hooks"\n    }\n  },\n  "debug": true\n}\n',
    left: '{\n  "debug": true\n}\n',
  },
  {
    name: "runtimes that are null count as none",
    before: '{\n  "runtimes": null\n}\n',
    after: '{\n  "runtimes": {\n    "container-hooks": {\n      "path": "/usr/bin/hooks"\n    }\n  }\n}\n',
    left: "{}\n",
  },
  {
    name: "an empty default is none",
    before: '{\n  "default-runtime": ""\n}\n',
    entry: AS_DEFAULT,
    after:
      '{\n  "default-runtime": "container-hooks",\n  "runtimes": {\n    "container-hooks": {\n      "path": ' +
      '"/usr/bin/hooks"\n    }\n  }\n}\n',
    left: "{}\n",
  },
  {
    name: "integers that no double holds, escapes and unknown keys stay as they are written",
    before: '{\n  "x": 18446744073709551615,\n  "y": 1E400,\n  "\\u0064ebug": "\\u00e9\\/"\n}\n',
    after:
      '{\n  "x": 18446744073709551615,\n  "y": 1E400,\n  "\\u0064ebug": "\\u00e9\\/",\n  "runtimes": {\n' +
      '    "container-hooks": {\n      "path": "/usr/bin/hooks"\n    }\n  }\n}\n',
  },
  {
    name: "a byte order mark stays, since docker 23 skips it",
    before: '\ufeff{\n  "debug": true\n}\n',
    after:
      '\ufeff{\n  "debug": true,\n  "runtimes": {\n    "container-hooks": {\n      "path": "/usr/bin/hooks"\n    }\n  }\n}\n',
  },
  {
    name: "an older toolkit's path becomes ours",
    before: '{\n  "debug": true,\n  "runtimes": {"container-hooks": {"path": ' +
      '"/usr/local/bin/container-hooks-runtime", "runtimeArgs": ["--debug"]}}\n}\n',
    after: '{\n  "debug": true,\n  "runtimes": {"container-hooks": {"path": "/usr/bin/hooks", ' +
      '"runtimeArgs": ["--debug"]}}\n}\n',
    left: '{\n  "debug": true\n}\n',
  },
];

/** Texts that are refused. */
export const REFUSED: { name: string; text: string; version?: string; says: RegExp }[] = [
  {
    name: "a trailing comma",
    text: '{\n  "debug": true,\n}\n',
    says:
      /docker takes neither comments nor trailing commas, is not JSON: .* at line 3, column 1; correct it/,
  },
  {
    name: "a comment",
    text: '{\n  // ours\n  "debug": true\n}\n',
    says:
      /docker takes neither comments nor trailing commas, is not JSON: .* at line 2, column 3; correct it/,
  },
  {
    name: "text that is not JSON",
    text: '{"debug" true}',
    says: /daemon\.json is not JSON: expected a colon/,
  },
  {
    name: "a key that stands twice",
    text: '{"debug": true, "debug": false}',
    says: /has the key debug twice/,
  },
  { name: "a list", text: "[]", says: /holds an array where an object belongs/ },
  { name: "runtimes that are a list", text: '{"runtimes": []}', says: /at runtimes: it is not an object/ },
  {
    name: "a byte order mark before docker 23, which does not start with one",
    text: "\ufeff{}",
    version: "20.10.24",
    says: /begins with a byte order mark/,
  },
  {
    name: "our name, taken by another program",
    text: '{\n  "runtimes": {\n    "container-hooks": {"path": "/opt/other"}\n  }\n}\n',
    says: /daemon\.json:3 already has a runtime container-hooks, which is \/opt\/other; choose another name/,
  },
];
