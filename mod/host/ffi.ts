/**
 * Functions of the C library, opened by name.
 *
 * Each is declared to return a struct with one number in it, which the calling conventions of x86-64 and arm64
 * return in the same register as the number alone. Deno compiles a trampoline for each function that returns a
 * plain number, 0.25 ms apiece and more than all of these calls together would ever win back; for one that
 * returns a struct it does not. Nothing here needs a pointer object.
 */

const I32 = { struct: ["i32"] } as const;
const I64 = { struct: ["i64"] } as const;

/** Result types: `int`, and everything as wide as a pointer. */
export const RESULT = { int: I32, long: I64 } as const;

/** What a function of a table is called with. */
export type Argument = number | bigint | Uint8Array<ArrayBuffer> | null;

type Table = Record<string, Deno.ForeignFunction<readonly Deno.NativeType[], typeof I32 | typeof I64>>;
type Functions<T extends Table> = { [Name in keyof T]: (...args: Argument[]) => number };

/**
 * Opens functions of a library.
 *
 * @throws where the library or one of them is not there
 */
export function openLibrary<const T extends Table>(library: string, table: T): Functions<T> {
  const { symbols } = Deno.dlopen(library, table);
  return Object.fromEntries(
    Object.entries(symbols).map((
      [name, call],
    ) => [
      name,
      (...args: Argument[]) => numberIn((call as (...args: Argument[]) => Uint8Array<ArrayBuffer>)(...args)),
    ]),
  ) as Functions<T>;
}

/**
 * Finds functions of a library, each of which is opened when it is first called: that takes longer than the call. What
 * must work without permissions is opened by {@linkcode openLibrary} while there are some.
 *
 * @throws at the call, where the library or the function is not there
 */
export function lazyLibrary<const T extends Table>(library: string, table: T): Functions<T> {
  const functions = Object.entries(table).map(([name, shape]) => {
    let opened: ((...args: Argument[]) => number) | undefined;
    return [
      name,
      (...args: Argument[]) => (opened ??= openLibrary(library, { [name]: shape })[name]!)(...args),
    ];
  });
  return Object.fromEntries(functions) as Functions<T>;
}

/** Both processors that Deno runs on under Linux are little-endian. */
function numberIn(result: Uint8Array<ArrayBuffer>): number {
  const view = new DataView(result.buffer);
  return result.length === 4 ? view.getInt32(0, true) : Number(view.getBigInt64(0, true));
}

/** glibc: the only C library that Deno is published for. */
export const LIBC = "libc.so.6";

let basic: ReturnType<typeof openBasic> | undefined;

function openBasic() {
  return {
    // At once: opening one may change the number of the error that is asked for.
    ...openLibrary(LIBC, {
      copyFrom: { name: "memcpy", parameters: ["buffer", "usize", "usize"], result: I64 },
      __errno_location: { parameters: [], result: I64 },
    }),
    ...lazyLibrary(LIBC, {
      addressOf: { name: "memcpy", parameters: ["buffer", "buffer", "usize"], result: I64 },
      __xpg_strerror_r: { parameters: ["i32", "buffer", "usize"], result: I32 },
    }),
  };
}

/** Opens what the functions below need. */
export function basicFunctions() {
  return basic ??= openBasic();
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Writes a text as C has it. @throws where it holds a NUL, behind which C would see nothing */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  if (text.includes("\0")) throw new Error("it holds a NUL character");
  return encoder.encode(`${text}\0`);
}

/** Gets the text up to the first NUL. */
export function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decoder.decode(end === -1 ? bytes : bytes.subarray(0, end));
}

/** Bytes at an address that a function returned. */
export function bytesAt(address: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  basicFunctions().copyFrom(bytes, address, length);
  return bytes;
}

/**
 * Makes a list of texts as `argv` and `envp`: addresses, a null one, and behind them the texts, all in one buffer, so
 * that whoever holds the addresses holds the texts.
 *
 * @throws where one holds a NUL
 */
export function cStrings(list: readonly string[]): Uint8Array<ArrayBuffer> {
  const texts = list.map(cString);
  const tableSize = (texts.length + 1) * 8;
  const all = new Uint8Array(new ArrayBuffer(texts.reduce((sum, text) => sum + text.length, tableSize)));
  const table = new DataView(all.buffer);
  const start = basicFunctions().addressOf(all, all, 0);
  let at = tableSize;
  for (const [index, text] of texts.entries()) {
    all.set(text, at);
    table.setBigUint64(index * 8, BigInt(start + at), true);
    at += text.length;
  }
  return all;
}

/** Gets the number of the last error; ask at once after the call that failed. */
export function errno(): number {
  const address = basicFunctions().__errno_location();
  return new DataView(bytesAt(address, 4).buffer).getInt32(0, true);
}

/** What the system calls an error: "No such file or directory". */
export function errorText(number: number): string {
  const text = new Uint8Array(128);
  basicFunctions().__xpg_strerror_r(number, text, text.length);
  return textOf(text);
}
