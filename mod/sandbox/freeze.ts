/**
 * Freezing what all code of this process shares: a plugin that adds to `Array.prototype` or exchanges
 * `JSON.parse`, by mistake or in a bad update, must not change what the core does next.
 */

/** Global constructors that are frozen with their prototypes, and namespaces. */
const SHARED = [
  ...["Object", "Function", "Array", "String", "Number", "Boolean", "Symbol", "BigInt", "RegExp", "Date"],
  ...["Promise", "Proxy", "Map", "Set", "WeakMap", "WeakSet", "WeakRef"],
  ...[
    "ArrayBuffer",
    "SharedArrayBuffer",
    "DataView",
    "Uint8Array",
    "Int32Array",
    "BigInt64Array",
    "BigUint64Array",
  ],
  ...["TextEncoder", "TextDecoder", "URL", "AbortController", "MessageChannel"],
  ...["JSON", "Math", "Reflect", "Atomics"],
] as const;

/** Errors: their constructors stay open, since libraries set `Error.stackTraceLimit`. */
const ERRORS = [
  "Error",
  "TypeError",
  "RangeError",
  "SyntaxError",
  "ReferenceError",
  "EvalError",
  "URIError",
  "AggregateError",
];

/** Other globals that keep their meaning. Not the functions of timers: Deno itself exchanges them later. */
const BINDINGS = ["structuredClone", "crypto", "globalThis"];

/** Prototypes that no global name leads to. */
function hiddenPrototypes(): object[] {
  const of = Object.getPrototypeOf;
  const iterators = [[][Symbol.iterator](), new Map().entries(), new Set().values(), ""[Symbol.iterator]()];
  return [
    ...iterators.map(of),
    of(of(iterators[0])), // %IteratorPrototype%
    of(Uint8Array), // %TypedArray%
    of(Uint8Array.prototype),
    of(function* () {}),
    of(async function () {}),
    of(async function* () {}),
    of(crypto.subtle),
    of(crypto),
  ];
}

/**
 * Freezes them, for good. What an ordinary program does still works: a class may have a `toString` of its own,
 * an object a field called `constructor`, an error a `name`.
 */
export function freezeIntrinsics(): void {
  const globals = globalThis as unknown as Record<string, { prototype?: object }>;
  const prototypes = hiddenPrototypes();
  for (const name of [...SHARED, ...ERRORS]) {
    const { prototype } = globals[name]!;
    if (prototype) prototypes.push(prototype);
  }
  // Node's part of Deno gives a Set an iterator of its own.
  for (
    const inherited of [
      Object.prototype,
      Set.prototype,
      ...ERRORS.map((name) => globals[name]!.prototype!),
    ]
  ) {
    letInheritorsAssign(inherited);
  }
  for (const prototype of prototypes) Object.freeze(prototype);
  for (const name of SHARED) Object.freeze(globals[name]);
  for (const name of [...SHARED, ...ERRORS, ...BINDINGS]) fixBinding(name);
}

function fixBinding(name: string): void {
  const value = (globalThis as unknown as Record<string, unknown>)[name];
  Object.defineProperty(globalThis, name, { value, writable: false, configurable: false });
}

/**
 * In a frozen prototype a plain field forbids the same field to whatever inherits from it: `error.name = "X"`
 * would throw. A setter that gives the inheritor a field of its own does not.
 */
function letInheritorsAssign(prototype: object): void {
  const { defineProperty } = Object;
  for (const key of Reflect.ownKeys(prototype)) {
    const property = Object.getOwnPropertyDescriptor(prototype, key)!;
    const { value, enumerable, configurable } = property;
    if (!("value" in property) || !configurable) continue;
    defineProperty(prototype, key, {
      get: () => value,
      set(this: object, own: unknown) {
        if (this === prototype) {
          throw new TypeError(`${String(key)} of a built-in prototype cannot be changed`);
        }
        defineProperty(this, key, { value: own, writable: true, enumerable: true, configurable: true });
      },
      enumerable,
      configurable,
    });
  }
}
