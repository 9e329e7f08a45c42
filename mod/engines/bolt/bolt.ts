/**
 * Looking something up in a bbolt file that its engine has open: what a look finds is of one moment, or the look is
 * taken again.
 */
import {
  BoltFault,
  type Bytes,
  numberAt,
  type Page,
  PAGE_HEADER,
  pageOf,
  PageReader,
  readMetas,
} from "./pages.ts";

/** Times that a look is taken while the engine changes the file under it. */
const ATTEMPTS = 10;

/** Pages from a bucket's root down to a leaf: bbolt fills its pages, so each level is at least twice as wide. */
const DEPTH = 32;

/** Marks a leaf's entry whose value is a bucket. */
const IS_BUCKET = 1;

const encoder = new TextEncoder();

/**
 * Runs `look` on the file's outermost bucket.
 *
 * @throws {BoltFault} where the file is none of bbolt's, is damaged, or does not come to rest
 */
export function lookIntoBolt<T>(file: Bytes, look: (root: Bucket) => T): T {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const before = readMetas(file);
    const found = tryLook(() => look(new Bucket(new PageReader(file, before.meta), before.meta.root)));
    // A page that was freed may have been written anew meanwhile: whatever was found, or not, counts for nothing.
    if (readMetas(file).mark !== before.mark) continue;
    if (found instanceof BoltFault) throw found;
    return found;
  }
  throw new BoltFault(`it changed ${ATTEMPTS} times while it was read`);
}

function tryLook<T>(look: () => T): T | BoltFault {
  try {
    return look();
  } catch (error) {
    if (error instanceof BoltFault) return error;
    throw error;
  }
}

/** One entry of a leaf. */
interface Entry {
  key: Uint8Array;
  value: Uint8Array;
  isBucket: boolean;
}

/** Entries by their keys, buckets among them. */
export class Bucket {
  constructor(private readonly pages: PageReader, private readonly root: number | Page) {}

  /** The bucket of that name; undefined where there is none. */
  bucket(name: string): Bucket | undefined {
    const entry = this.find(encoder.encode(name));
    if (!entry?.isBucket) return undefined;
    const { value } = entry;
    if (value.length < 16) throw new BoltFault("a bucket is shorter than its header");
    const root = numberAt(new DataView(value.buffer, value.byteOffset, 16), 0);
    // A small one has its only page right here.
    return new Bucket(this.pages, root === 0 ? pageOf(value.subarray(16)) : root);
  }

  /** The bucket that this path of names leads to. */
  path(...names: string[]): Bucket | undefined {
    return names.reduce<Bucket | undefined>((bucket, name) => bucket?.bucket(name), this);
  }

  /** The value of that key; undefined where there is none. */
  get(key: string): Uint8Array | undefined {
    const entry = this.find(encoder.encode(key));
    return entry && !entry.isBucket ? entry.value : undefined;
  }

  /** Walks every key with its value, without buckets. */
  *entries(): Generator<[key: Uint8Array, value: Uint8Array]> {
    yield* this.entriesBelow(this.rootPage(), 1);
  }

  private *entriesBelow(page: Page, depth: number): Generator<[Uint8Array, Uint8Array]> {
    if (depth > DEPTH) throw new BoltFault("its pages go in a circle");
    for (let index = 0; index < page.count; index++) {
      if (!page.isLeaf) yield* this.entriesBelow(this.pages.page(childAt(page, index)), depth + 1);
      else {
        const { key, value, isBucket } = entryAt(page, index);
        if (!isBucket) yield [key, value];
      }
    }
  }

  private find(key: Uint8Array): Entry | undefined {
    let page = this.rootPage();
    for (let depth = 1; !page.isLeaf; depth++) {
      if (depth > DEPTH) throw new BoltFault("its pages go in a circle");
      if (page.count === 0) throw new BoltFault("a page of pages names none");
      // The last page whose first key is not behind ours; what is before all of them would be in the first.
      page = this.pages.page(childAt(page, Math.max(firstBehind(page, key) - 1, 0)));
    }
    const at = firstBehind(page, key) - 1;
    if (at < 0) return undefined;
    const entry = entryAt(page, at);
    return compare(entry.key, key) === 0 ? entry : undefined;
  }

  private rootPage(): Page {
    return typeof this.root === "number" ? this.pages.page(this.root) : this.root;
  }
}

/** Index of the first entry whose key comes after `key`. */
function firstBehind(page: Page, key: Uint8Array): number {
  let [from, to] = [0, page.count];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (compare(keyAt(page, middle), key) <= 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

function keyAt(page: Page, index: number): Uint8Array {
  if (page.isLeaf) return entryAt(page, index).key;
  const at = PAGE_HEADER + index * 16;
  const [position, length] = [page.view.getUint32(at, true), page.view.getUint32(at + 4, true)];
  return part(page, at + position, length);
}

function childAt(page: Page, index: number): number {
  return numberAt(page.view, PAGE_HEADER + index * 16 + 8);
}

function entryAt(page: Page, index: number): Entry {
  const at = PAGE_HEADER + index * 16;
  const [flags, position, keyLength, valueLength] = [0, 4, 8, 12].map((field) =>
    page.view.getUint32(at + field, true)
  ) as [number, number, number, number];
  return {
    key: part(page, at + position, keyLength),
    value: part(page, at + position + keyLength, valueLength),
    isBucket: (flags & IS_BUCKET) !== 0,
  };
}

function part(page: Page, start: number, length: number): Uint8Array {
  if (start + length > page.bytes.length) throw new BoltFault("an entry goes beyond its page");
  return page.bytes.subarray(start, start + length);
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let index = 0; index < a.length && index < b.length; index++) {
    if (a[index] !== b[index]) return a[index]! - b[index]!;
  }
  return a.length - b.length;
}
