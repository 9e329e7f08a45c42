import assert from "node:assert/strict";
import { type Code, Failure } from "../../../../mod/errors.ts";
import {
  applyPatches,
  decodeJson,
  editJson,
  invertPatches,
  type JsonEdit,
  type JsonValue,
  parseJson,
  parseJsonObject,
} from "../../../../mod/text/json/json_text.ts";

const WHAT = "config.json in /b";

function parse(text: string) {
  return parseJsonObject(text, WHAT);
}

function edit(text: string, ...edits: JsonEdit[]): string {
  return editJson(parse(text), edits).text;
}

function fails(code: Code, message: RegExp, action: () => unknown): void {
  assert.throws(action, (thrown) => {
    assert.ok(thrown instanceof Failure, String(thrown));
    assert.equal(thrown.code, code);
    assert.match(thrown.message, message);
    return true;
  });
}

const utf8 = new TextEncoder();

Deno.test("decodes UTF-8", () => {
  assert.equal(decodeJson(utf8.encode('{"é":"🦕"}'), WHAT), '{"é":"🦕"}');
});

Deno.test("refuses an empty file, a byte order mark and what is not UTF-8, each by name", () => {
  fails("json-empty", /^config\.json in \/b is empty;/, () => decodeJson(new Uint8Array(), WHAT));
  fails("json-bom", /byte order mark/, () => decodeJson(utf8.encode("\ufeff{}"), WHAT));
  for (const bytes of [[0xff, 0xfe, 0x7b, 0x00], [0x22, 0xc3, 0x22], [0xed, 0xa0, 0x80]]) {
    fails("json-encoding", /is not UTF-8;/, () => decodeJson(new Uint8Array(bytes), WHAT));
  }
});

Deno.test("refuses text of white space alone as empty", () => {
  for (const text of ["", " ", "\r\n\t\n"]) fails("json-empty", /is empty;/, () => parse(text));
});

Deno.test("says where and how text is not JSON", () => {
  const cases: [text: string, where: string, why: string][] = [
    ["{", "line 1, column 2", "expected a key in double quotes, found the end"],
    ['{"a":1', "line 1, column 7", 'expected a comma or "}", found the end'],
    ['{\n  "a": 1,\n}', "line 3, column 1", 'expected a key in double quotes, found "}"'],
    ['{\r\n"a": [1,\r\n 2,]}', "line 3, column 4", 'expected a value, found "]"'],
    ['{"a" 1}', "line 1, column 6", "expected a colon, found 1"],
    ['{"a":1 "b":2}', "line 1, column 8", 'expected a comma or "}", found "\\"b\\""'],
    ['{"a":[1}', "line 1, column 8", 'expected a comma or "]", found "}"'],
    ["{}{}", "line 1, column 3", 'expected nothing more, found "{"'],
    ["{'a':1}", "line 1, column 2", "expected a key in double quotes, found \"'a'\""],
    ['{"a":NaN}', "line 1, column 6", "expected a value, found NaN"],
    ['{"a":01}', "line 1, column 7", 'expected a comma or "}", found 1'],
    ['{"a":1.}', "line 1, column 6", "an incomplete number"],
    ['{"a":+1}', "line 1, column 6", "expected a value, found +1"],
    ['{"a":1 // one\n}', "line 1, column 8", 'expected a comma or "}", found "// one"'],
    ['{"a":/* one */1}', "line 1, column 6", 'expected a value, found "/* one */"'],
    ['{"a":"x\ny"}', "line 1, column 6", "a string without an end"],
    ['{"a":"x\ty"}', "line 1, column 6", "a string with a raw control character"],
    ['{"a":"\\x41"}', "line 1, column 6", "a string with an invalid escape"],
    ['{"a":"\\u12"}', "line 1, column 6", "a string with an invalid \\u escape"],
    ['{"a":\u00a01}', "line 1, column 6", 'expected a value, found "\u00a01"'],
    ["\ufeff{}", "line 1, column 1", 'expected a value, found "\\ufeff"'],
    ["nothing", "line 1, column 1", "expected a value, found nothing"],
  ];
  for (const [text, where, why] of cases) {
    assert.throws(() => parse(text), {
      code: "json-syntax",
      message: `config.json in /b is not JSON: ${why} at ${where}; correct it there`,
    });
  }
});

Deno.test("refuses a key that stands twice, with its path and the place of the second", () => {
  fails(
    "json-duplicate",
    /has the key env twice in one object \(process\.env, the second at line 3, column 5\)/,
    () => parse('{"process": {\n    "env": [],\n    "env": ["A=1"]\n}}'),
  );
  fails("json-duplicate", /\(mounts\.1\.options, /, () => parse('{"mounts":[{},{"options":0,"options":0}]}'));
});

Deno.test("knows a key that stands twice in two spellings", () => {
  fails("json-duplicate", /the key env twice/, () => parse('{"env":1,"\\u0065nv":2}'));
  fails("json-duplicate", /the key __proto__ twice/, () => parse('{"__proto__":{},"__proto__":{}}'));
});

Deno.test("takes one key in several objects", () => {
  const text = '{"a":{"a":1,"":"\\":"},"b":[{"a":1},{"a":2}],"A":3}';
  assert.deepEqual(parse(text).value, JSON.parse(text));
});

Deno.test("refuses a root that is no object", () => {
  const cases = {
    "[]": "an array",
    "null": "null",
    '"abc"': "a string",
    "1": "a number",
    "true": "a boolean",
  };
  for (const [text, found] of Object.entries(cases)) {
    assert.throws(() => parse(text), {
      code: "json-not-object",
      what: `${WHAT} holds ${found} where an object belongs`,
    });
  }
});

Deno.test("takes 512 levels and refuses 513, and any number more, without a stack overflow", () => {
  const nested = (levels: number) => `{"a":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;
  assert.equal(edit(nested(512), { op: "set", path: ["b"], value: 1 }).endsWith(',"b":1}'), true);
  for (const levels of [513, 100_000]) {
    fails(
      "json-deep",
      /has more than 512 objects and arrays inside one another at line 1, column 517;/,
      () => {
        parse(nested(levels));
      },
    );
  }
  fails("json-deep", /more than 512/, () => parse('{"a":'.repeat(100_000)));
  fails("json-syntax", /expected a value/, () => parse("]".repeat(100_000) + "[".repeat(100_000)));
});

Deno.test("gives integers that a double cannot hold as bigint, and other numbers as numbers", () => {
  const { value } = parse(
    '{"max":18446744073709551615,"min":-9223372036854775807,"odd":9007199254740993,"even":9007199254740992,' +
      '"float":0.12345678901234567890,"power":1234567890123456789e2,"huge":1E400,"zero":-0,' +
      '"list":[1,{"__proto__":18446744073709551615},"18446744073709551615"]}',
  );
  const { list, ...rest } = value;
  assert.deepEqual(rest, {
    max: 18446744073709551615n,
    min: -9223372036854775807n,
    odd: 9007199254740993n,
    even: 9007199254740992,
    float: 0.12345678901234567890,
    power: 1234567890123456789e2,
    huge: Infinity,
    zero: -0,
  });
  const [one, inner, text] = list as [number, object, string];
  assert.deepEqual([one, text], [1, "18446744073709551615"]);
  assert.deepEqual(Object.entries(inner), [["__proto__", 18446744073709551615n]]);
});

Deno.test("takes an integer beyond the largest double", () => {
  const digits = "9".repeat(400);
  assert.equal(parse(`{"n":${digits}}`).value.n, BigInt(digits));
});

Deno.test("reads keys with escapes that JSON.parse takes for a key it saw before", () => {
  // V8 remembers keys by their place in an object; see json_value.ts. The first text of each pair poisons it.
  parse(String.raw`{"h":[],"\\":0}`);
  assert.deepEqual(parse(String.raw`{"h":1,"\"":2}`).value, { h: 1, '"': 2 });
  parse(String.raw`{"ab":[],"\\u":0}`);
  fails("json-duplicate", /the key ab twice/, () => parse(String.raw`{"ab":1,"\u0061b":2}`));
});

Deno.test("reads every value beside a key with an escape", () => {
  const text = String
    .raw`{"\u005f_proto__":[1,null,"\n",{"a":true}],"max":18446744073709551615,"float":1.50}`;
  const { value } = parse(text);
  assert.deepEqual(Object.entries(value), [
    ["__proto__", [1, null, "\n", { a: true }]],
    ["max", 18446744073709551615n],
    ["float", 1.5],
  ]);
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
});

Deno.test("treats the key __proto__ as any other", () => {
  const text = '{"__proto__":{"polluted":true},"a":{}}';
  const { value } = parse(text);
  assert.deepEqual(Object.keys(value), ["__proto__", "a"]);
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.equal(
    edit(text, { op: "set", path: ["a", "__proto__", "x"], value: JSON.parse('{"__proto__":1}') }),
    '{"__proto__":{"polluted":true},"a":{"__proto__":{"x":{"__proto__":1}}}}',
  );
  assert.equal("polluted" in {}, false);
  assert.equal("x" in {}, false);
});

const HOOK: JsonValue = { path: "/usr/bin/h", args: ["h", "poststop"], env: ["PATH=/bin"], timeout: 10 };

Deno.test("writes docker's one line as one line", () => {
  const before =
    '{"ociVersion":"1.2.0","process":{"env":["PATH=/bin"],"cwd":"/","rlimits":[{"type":"RLIMIT_NOFILE",' +
    '"hard":18446744073709551615,"soft":18446744073709551615}]},"mounts":[{"destination":"/proc","options":null}],' +
    '"hooks":{"prestart":[{"path":"/proc/1/exe","args":["libnetwork-setkey"]}]},"linux":{"x":-0,"y":1E400}}';
  assert.equal(
    edit(
      before,
      { op: "append", path: ["process", "env"], items: ["A=1", 'B="\n"'] },
      { op: "append", path: ["mounts"], items: [{ destination: "/x", options: ["ro"], type: undefined }] },
      { op: "append", path: ["mounts", 0, "options"], items: ["nosuid"] },
      { op: "append", path: ["hooks", "poststop"], items: [HOOK] },
      { op: "set", path: ["annotations", "org.example/a"], value: "yes" },
    ),
    '{"ociVersion":"1.2.0","process":{"env":["PATH=/bin","A=1","B=\\"\\n\\""],"cwd":"/","rlimits":[{"type":"RLIMIT_NOFILE",' +
      '"hard":18446744073709551615,"soft":18446744073709551615}]},"mounts":[{"destination":"/proc","options":["nosuid"]},' +
      '{"destination":"/x","options":["ro"]}],' +
      '"hooks":{"prestart":[{"path":"/proc/1/exe","args":["libnetwork-setkey"]}],' +
      '"poststop":[{"path":"/usr/bin/h","args":["h","poststop"],"env":["PATH=/bin"],"timeout":10}]},"linux":{"x":-0,"y":1E400},' +
      '"annotations":{"org.example/a":"yes"}}',
  );
});

Deno.test("writes the tabs of runc spec", () => {
  const before = `{
	"ociVersion": "1.2.0",
	"process": {
		"args": [
			"sh"
		],
		"env": [],
		"rlimits": [
			{
				"type": "RLIMIT_NOFILE",
				"hard": 18446744073709551615
			}
		]
	},
	"mounts": [
		{
			"destination": "/proc"
		}
	]
}
`;
  assert.equal(
    edit(
      before,
      { op: "append", path: ["process", "env"], items: ["A=1", "B=2"] },
      {
        op: "append",
        path: ["process", "rlimits"],
        items: [{ type: "RLIMIT_CORE", hard: 18446744073709551615n }],
      },
      { op: "prepend", path: ["mounts"], items: [{ destination: "/sys", options: [] }] },
      { op: "append", path: ["hooks", "createRuntime"], items: [{ path: "/h", args: ["h"] }] },
    ),
    `{
	"ociVersion": "1.2.0",
	"process": {
		"args": [
			"sh"
		],
		"env": [
			"A=1",
			"B=2"
		],
		"rlimits": [
			{
				"type": "RLIMIT_NOFILE",
				"hard": 18446744073709551615
			},
			{
				"type": "RLIMIT_CORE",
				"hard": 18446744073709551615
			}
		]
	},
	"mounts": [
		{
			"destination": "/sys",
			"options": []
		},
		{
			"destination": "/proc"
		}
	],
	"hooks": {
		"createRuntime": [
			{
				"path": "/h",
				"args": [
					"h"
				]
			}
		]
	}
}
`,
  );
});

Deno.test("writes two spaces, and stays on one line where the container is on one line", () => {
  const before = `{
  "args": ["sh", "-c"],
  "one": [ "a" ],
  "user": { "uid": 0 },
  "empty": {
  }
}`;
  assert.equal(
    edit(
      before,
      { op: "append", path: ["args"], items: [{ a: [1, 2], b: {} }] },
      { op: "append", path: ["one"], items: ["b", "c"] },
      { op: "set", path: ["user", "gid"], value: 0 },
      { op: "set", path: ["empty", "x"], value: [null] },
    ),
    `{
  "args": ["sh", "-c", {"a": [1, 2], "b": {}}],
  "one": [ "a", "b", "c" ],
  "user": { "uid": 0, "gid": 0 },
  "empty": {
    "x": [
      null
    ]
  }
}`,
  );
});

Deno.test("writes the line ends of the file", () => {
  assert.equal(
    edit('{\r\n  "a": 1\r\n}\r\n', { op: "append", path: ["b"], items: [1] }),
    '{\r\n  "a": 1,\r\n  "b": [\r\n    1\r\n  ]\r\n}\r\n',
  );
});

Deno.test("fills an empty root: on one line where it is on one, else on lines", () => {
  assert.equal(edit("{}\n", { op: "set", path: ["a", "b"], value: 1 }), '{"a":{"b":1}}\n');
  assert.equal(edit("{\n}\n", { op: "set", path: ["a"], value: 1 }), '{\n  "a": 1\n}\n');
});

Deno.test("removes a member with its comma, wherever it stands", () => {
  const text = '{\n  "a": 1,\n  "b": [1, 2, 3],\n  "c": 3\n}';
  const remove = (...path: (string | number)[]): JsonEdit => ({ op: "remove", path });
  assert.equal(edit(text, remove("a")), '{\n  "b": [1, 2, 3],\n  "c": 3\n}');
  assert.equal(edit(text, remove("b")), '{\n  "a": 1,\n  "c": 3\n}');
  assert.equal(edit(text, remove("c")), '{\n  "a": 1,\n  "b": [1, 2, 3]\n}');
  assert.equal(edit(text, remove("b", 0), remove("b", 0)), '{\n  "a": 1,\n  "b": [3],\n  "c": 3\n}');
  assert.equal(edit(text, remove("b", 1)), '{\n  "a": 1,\n  "b": [1, 3],\n  "c": 3\n}');
  assert.equal(edit(text, remove("a"), remove("b"), remove("c")), "{}");
});

Deno.test("changes nothing where there is nothing to remove", () => {
  const text = '{ "a": [ ], "b": { }, "c": null, "d": 1 }';
  const paths = [["x"], ["x", "y"], ["a", 0], ["a", -1], ["a", "length"], ["b", "x"], ["b", 0], ["c", "x"], [
    "d",
    "x",
  ]];
  const json = parse(text);
  assert.deepEqual(editJson(json, paths.map((path) => ({ op: "remove", path }))), { text, patches: [] });
});

Deno.test("does edits in order, also several in one place", () => {
  assert.equal(
    edit(
      '{"l":[1,2,3]}',
      { op: "append", path: ["l"], items: [4] },
      { op: "prepend", path: ["l"], items: [0] },
      { op: "append", path: ["l"], items: [5] },
      { op: "remove", path: ["l", 2] },
      { op: "set", path: ["l", 0], value: "zero" },
      { op: "set", path: ["l", 5], value: 6 },
    ),
    '{"l":["zero",1,3,4,5,6]}',
  );
  assert.equal(
    edit(
      '{"a":1,"b":2}',
      { op: "remove", path: ["a"] },
      { op: "set", path: ["c"], value: { d: [] } },
      { op: "append", path: ["c", "d"], items: [1] },
      { op: "set", path: ["a"], value: 3 },
    ),
    '{"b":2,"c":{"d":[1]},"a":3}',
  );
  assert.equal(
    edit('{"a": [ 1 ] }', { op: "remove", path: ["a", 0] }, { op: "append", path: ["a"], items: [2, 3] }),
    '{"a": [2, 3] }',
  );
});

Deno.test("takes null for absent: Go writes a nil slice so", () => {
  assert.equal(
    edit('{"hooks":null}', { op: "append", path: ["hooks", "poststop"], items: [1] }),
    '{"hooks":{"poststop":[1]}}',
  );
  assert.equal(edit('{"env":null}', { op: "prepend", path: ["env"], items: ["A=1"] }), '{"env":["A=1"]}');
});

Deno.test("touches only what an edit names", () => {
  const text = '{"a" :\t[ 1 , 2 ] ,\n "\\u0062":"\\ud800\\/", "c":1.50}';
  const { patches } = editJson(parse(text), [
    { op: "append", path: ["a"], items: [3] },
    { op: "set", path: ["b"], value: "\ud800" },
  ]);
  assert.deepEqual(patches, [
    { offset: 14, length: 0, insert: ", 3" },
    { offset: 29, length: 10, insert: '"\\ud800"' },
  ]);
});

Deno.test("writes no patch for a value that stands there already", () => {
  const json = parse('{"a":[1,"x"]}');
  assert.deepEqual(editJson(json, [{ op: "set", path: ["a", 1], value: "x" }]).patches, []);
});

Deno.test("leaves the parsed text as it was, so that it can be edited again", () => {
  const json = parse('{"a":[1],"b":{}}');
  const edits: JsonEdit[] = [{ op: "append", path: ["a"], items: [2] }, {
    op: "set",
    path: ["b", "c"],
    value: 1,
  }];
  assert.deepEqual(editJson(json, edits), editJson(json, edits));
});

Deno.test("refuses an edit that does not fit what is there", () => {
  const text = '{"o":{},"l":[1],"s":"x"}';
  const cases: [JsonEdit, string, string][] = [
    [{ op: "append", path: ["s"], items: [] }, "s", "it is not an array"],
    [{ op: "append", path: ["o"], items: [] }, "o", "it is not an array"],
    [{ op: "set", path: ["s", "x"], value: 1 }, "s", "it is neither an object nor an array"],
    [{ op: "set", path: ["l", "x"], value: 1 }, "l", 'it is an array of 1, without "x"'],
    [{ op: "set", path: ["l", 2], value: 1 }, "l", "it is an array of 1, without 2"],
    [{ op: "set", path: ["o", 0], value: 1 }, "o", "it is an object, not an array"],
    [{ op: "set", path: ["new", 0], value: 1 }, "new", "it is an object, not an array"],
    [{ op: "set", path: [], value: {} }, ".", "it is the whole file"],
    [{ op: "set", path: ["o", "n"], value: NaN }, "o.n", "JSON cannot hold NaN"],
    [{ op: "append", path: ["l"], items: [new Array(1)] }, "l", "JSON cannot hold undefined"],
  ];
  for (const [edit, path, why] of cases) {
    assert.throws(() => editJson(parse(text), [edit]), {
      code: "json-edit",
      message: `config.json in /b cannot be edited at ${path}: ${why}; correct that field`,
    });
  }
});

Deno.test("refuses an edit that would nest too deep, also one without an end", () => {
  const endless: JsonValue[] = [];
  endless.push(endless);
  fails("json-edit", /more than 512/, () => edit("{}", { op: "set", path: ["a"], value: endless }));
  const path = (length: number) => new Array(length).fill("a");
  fails("json-edit", /more than 512/, () => edit("{}", { op: "set", path: path(513), value: 1 }));
  fails("json-edit", /more than 512/, () => edit("{}", { op: "append", path: path(512), items: [] }));
  parse(edit("{}", { op: "append", path: path(511), items: [1] }));
  parse(edit("{}", { op: "set", path: path(512), value: 1 }));
});

Deno.test("writes -0 and bigints as they are", () => {
  assert.equal(
    edit("{}", { op: "set", path: ["a"], value: [-0, 2n ** 64n, 1e21] }),
    '{"a":[-0,18446744073709551616,1e+21]}',
  );
});

Deno.test("turns patches round", () => {
  const before = '{"a":[1,2],"b":"é🦕"}';
  const { text, patches } = editJson(parse(before), [
    { op: "remove", path: ["a", 0] },
    { op: "append", path: ["a"], items: [3] },
    { op: "remove", path: ["b"] },
    { op: "set", path: ["c"], value: 1 },
  ]);
  assert.equal(text, '{"a":[2,3],"c":1}');
  assert.equal(applyPatches(text, invertPatches(before, patches)), before);
});

Deno.test("refuses patches of another text", () => {
  for (
    const patches of [
      [{ offset: 3, length: 1, insert: "" }],
      [{ offset: 1, length: 1, insert: "" }, { offset: 1, length: 1, insert: "" }],
    ]
  ) assert.throws(() => applyPatches("abc", patches), RangeError);
});

Deno.test("an escaped key is not mistaken for the one that was parsed before it", () => {
  // V8 remembers `{"h":..., "\\":...}` as the likely shape of the next object (nodejs/node#63785).
  parseJson('{"h":[],"\\\\":0}', "first");
  assert.deepEqual(parseJson('{"h":1,"\\"":2}', "second"), { h: 1, '"': 2 });
});

Deno.test("a text that holds more than one value is no value", () => {
  for (const text of ["", "1,2", '1,"b":2', "1}", "1}{", "[1"]) {
    assert.throws(() => parseJson(text, "list"), Failure);
  }
  assert.deepEqual(parseJson(" [1] ", "list"), [1]);
});
