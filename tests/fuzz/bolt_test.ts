/** The reader of bbolt files against files made from the format's description, whole, damaged and changing. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Bucket, lookIntoBolt } from "../../mod/engines/bolt/bolt.ts";
import { BoltFault, type Bytes } from "../../mod/engines/bolt/pages.ts";

/** A bucket: texts, and buckets, by name. */
interface Tree {
  [name: string]: string | Tree;
}

const PAGE = 1024;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Writes a file as bbolt does, but that its pages are never filled: some entries each, for deep trees. */
class Writer {
  readonly pages = new Map<number, Uint8Array>();
  next = 4;

  constructor(private readonly perPage: number) {}

  /** The page that a bucket of this content begins with. */
  bucket(tree: Tree): number {
    const entries = Object.entries(tree).map(([name, value]) => {
      const isBucket = typeof value !== "string";
      return {
        flags: isBucket ? 1 : 0,
        key: encoder.encode(name),
        value: isBucket ? this.inner(value) : encoder.encode(value),
      };
    }).sort((a, b) => compare(a.key, b.key));
    let level = chunks(entries, this.perPage).map((part) => ({
      key: part[0]?.key ?? new Uint8Array(),
      page: this.add(leafPage(part)),
    }));
    while (level.length > 1) {
      level = chunks(level, this.perPage).map((part) => ({
        key: part[0]!.key,
        page: this.add(branchPage(part)),
      }));
    }
    return level[0]!.page;
  }

  /** A small bucket without buckets lies in its entry. */
  private inner(tree: Tree): Uint8Array {
    const values = Object.values(tree);
    const isSmall = values.length <= this.perPage &&
      values.every((value) => typeof value === "string" && value.length < 9);
    const header = new Uint8Array(16);
    if (!isSmall) {
      new DataView(header.buffer).setBigUint64(0, BigInt(this.bucket(tree)), true);
      return header;
    }
    const entries = Object.entries(tree).map(([name, value]) => ({
      flags: 0,
      key: encoder.encode(name),
      value: encoder.encode(value as string),
    })).sort((a, b) => compare(a.key, b.key));
    return new Uint8Array([...header, ...leafPage(entries)]);
  }

  private add(content: Uint8Array): number {
    const number = this.next;
    const length = Math.ceil(content.length / PAGE);
    this.next += length;
    const page = new Uint8Array(length * PAGE);
    page.set(content);
    const view = new DataView(page.buffer);
    view.setBigUint64(0, BigInt(number), true);
    view.setUint32(12, length - 1, true);
    this.pages.set(number, page);
    return number;
  }

  /** The file, with both meta pages. */
  file(tree: Tree, change = 7): Uint8Array {
    const root = this.bucket(tree);
    const bytes = new Uint8Array(this.next * PAGE);
    for (const [number, page] of this.pages) bytes.set(page, number * PAGE);
    bytes.set(metaPage(0, { root: 3, end: this.next, change: change - 1 }), 0);
    bytes.set(metaPage(1, { root, end: this.next, change }), PAGE);
    return bytes;
  }
}

function leafPage(entries: { flags: number; key: Uint8Array; value: Uint8Array }[]): Uint8Array {
  const start = 16 + entries.length * 16;
  const bytes = new Uint8Array(
    start + entries.reduce((sum, { key, value }) => sum + key.length + value.length, 0),
  );
  const view = new DataView(bytes.buffer);
  view.setUint16(8, 2, true);
  view.setUint16(10, entries.length, true);
  let at = start;
  entries.forEach(({ flags, key, value }, index) => {
    const head = 16 + index * 16;
    [flags, at - head, key.length, value.length].forEach((word, place) =>
      view.setUint32(head + place * 4, word, true)
    );
    bytes.set(key, at);
    bytes.set(value, at + key.length);
    at += key.length + value.length;
  });
  return bytes;
}

function branchPage(entries: { key: Uint8Array; page: number }[]): Uint8Array {
  const start = 16 + entries.length * 16;
  const bytes = new Uint8Array(start + entries.reduce((sum, { key }) => sum + key.length, 0));
  const view = new DataView(bytes.buffer);
  view.setUint16(8, 1, true);
  view.setUint16(10, entries.length, true);
  let at = start;
  entries.forEach(({ key, page }, index) => {
    const head = 16 + index * 16;
    view.setUint32(head, at - head, true);
    view.setUint32(head + 4, key.length, true);
    view.setBigUint64(head + 8, BigInt(page), true);
    bytes.set(key, at);
    at += key.length;
  });
  return bytes;
}

function metaPage(
  number: number,
  { root, end, change }: { root: number; end: number; change: number },
): Uint8Array {
  const bytes = new Uint8Array(80);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(number), true);
  view.setUint16(8, 4, true);
  view.setUint32(16, 0xed0cdaed, true);
  view.setUint32(20, 2, true);
  view.setUint32(24, PAGE, true);
  view.setBigUint64(32, BigInt(root), true);
  view.setBigUint64(48, 2n, true);
  view.setBigUint64(56, BigInt(end), true);
  view.setBigUint64(64, BigInt(change), true);
  let hash = 14695981039346656037n;
  for (const byte of bytes.subarray(16, 72)) hash = ((hash ^ BigInt(byte)) * 1099511628211n) % 2n ** 64n;
  view.setBigUint64(72, hash, true);
  return bytes;
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const at = a.findIndex((byte, index) => byte !== b[index]);
  return at < 0 || at >= b.length ? a.length - b.length : a[at]! - b[at]!;
}

function chunks<T>(list: T[], size: number): T[][] {
  if (list.length === 0) return [[]];
  return Array.from(
    { length: Math.ceil(list.length / size) },
    (_, at) => list.slice(at * size, (at + 1) * size),
  );
}

function source(bytes: Uint8Array): Bytes {
  return {
    readAt(buffer, offset) {
      const part = bytes.subarray(offset, offset + buffer.length);
      buffer.set(part);
      return part.length;
    },
  };
}

/** All that the reader finds, by asking for each name of `tree`. */
function read(bucket: Bucket, tree: Tree): Tree {
  return Object.fromEntries(
    Object.entries(tree).map(([name, value]) => {
      if (typeof value !== "string") return [name, read(bucket.bucket(name)!, value)];
      return [name, decoder.decode(bucket.get(name))];
    }),
  );
}

const name = fc.string({ unit: fc.constantFrom("a", "b", "z", "0", "é"), minLength: 1, maxLength: 4 });
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.dictionary(
    name,
    fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.string({ maxLength: 3000, unit: "grapheme-ascii" }),
      tie("tree"),
    ),
    { maxKeys: 12, noNullPrototype: true },
  ),
}));
const perPage = fc.integer({ min: 2, max: 5 });

Deno.test("whatever a bbolt file holds is found, and what it does not hold is not", () => {
  fc.assert(fc.property(tree, perPage, name, (tree, perPage, other) => {
    const file = source(new Writer(perPage).file(tree));
    assert.deepEqual(lookIntoBolt(file, (root) => read(root, tree)), tree);
    const texts = Object.entries(tree).filter(([, value]) => typeof value === "string");
    const listed = lookIntoBolt(
      file,
      (root) => [...root.entries()].map(([key, value]) => [decoder.decode(key), decoder.decode(value)]),
    );
    assert.deepEqual(new Map(listed as [string, string][]), new Map(texts as [string, string][]));
    if (Object.hasOwn(tree, other)) return;
    assert.deepEqual(lookIntoBolt(file, (root) => [root.get(other), root.bucket(other)]), [
      undefined,
      undefined,
    ]);
  }));
});

Deno.test("a file that is cut short or damaged anywhere gives an answer or a fault, and never hangs", () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 8 });
  fc.assert(
    fc.property(tree, perPage, damage, fc.nat(), fc.boolean(), (tree, perPage, damage, cut, isCut) => {
      const bytes = new Writer(perPage).file(tree);
      for (const [at, byte] of damage) bytes[at % bytes.length] = byte;
      const file = source(isCut ? bytes.subarray(0, cut % bytes.length) : bytes);
      try {
        lookIntoBolt(file, (root) => [
          ...Object.keys(tree).map((name) => [root.get(name), root.bucket(name)?.get("a")]),
          ...root.entries(),
        ]);
      } catch (error) {
        assert.ok(error instanceof BoltFault, String(error));
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("pages that lead to themselves end in a fault", () => {
  const writer = new Writer(2);
  const bytes = writer.file({ a: "1", b: "2", c: "3" });
  const [root] = [...writer.pages].filter(([, page]) => page[8] === 1).map(([number]) => number);
  const view = new DataView(bytes.buffer);
  for (const at of [24, 40]) view.setBigUint64(root! * PAGE + at, BigInt(root!), true);
  assert.throws(() => lookIntoBolt(source(bytes), (bucket) => bucket.get("a")), /go in a circle/);
  assert.throws(
    () => lookIntoBolt(source(bytes), (bucket) => [...bucket.entries()]),
    /go in a circle|more than \d+ bytes/,
  );
});

Deno.test("the meta page with the newer change counts, and the older one where that is damaged", () => {
  const bytes = new Writer(3).file({ a: "1" });
  bytes.set(metaPage(0, { root: 2 ** 40, end: 5, change: 6 }), 0);
  const a = (file: Uint8Array) => decoder.decode(lookIntoBolt(source(file), (root) => root.get("a")));
  assert.equal(a(bytes), "1");
  const swapped = bytes.slice();
  swapped.set(bytes.subarray(0, 80), PAGE);
  swapped.set(bytes.subarray(PAGE, PAGE + 80), 0);
  assert.equal(a(swapped), "1");
  swapped[PAGE + 40] = 99;
  assert.equal(a(swapped), "1");
  const first = bytes.slice();
  first[20] = 99;
  assert.equal(a(first), "1", "the page size is found without the first");
});

Deno.test("a file that changes while it is read is read again, and given up where it never rests", () => {
  for (const rest of [1, 3, Infinity]) {
    let looks = 0;
    let bytes = new Writer(3).file({ a: "old" }, 7);
    const file: Bytes = { readAt: (buffer, offset) => source(bytes).readAt(buffer, offset) };
    const look = () =>
      decoder.decode(lookIntoBolt(file, (root) => {
        const found = root.get("a");
        // The engine goes on while we look.
        if (++looks <= rest) bytes = new Writer(3).file({ a: "new" }, 9 + looks);
        return found;
      }));
    if (rest === Infinity) assert.throws(look, /it changed 10 times while it was read/);
    else assert.equal(look(), "new");
    assert.ok(looks > 1);
  }
});
