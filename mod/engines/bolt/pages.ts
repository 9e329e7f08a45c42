/**
 * The pages of a bbolt file, in which podman 4 and containerd keep their records.
 *
 * The file is locked for as long as the engine has it open, but it can be read without the lock: a change is written
 * to pages that nobody uses, and takes effect with one of the two meta pages, which carry a number and a checksum
 * (go.etcd.io/bbolt, page.go, meta.go). Nothing here trusts a number of the file further than its bounds.
 */

/** The source of the bytes. */
export interface Bytes {
  /** Fills as much of `buffer` as there is from `offset` on, and tells how much that is. */
  readAt(buffer: Uint8Array, offset: number): number;
}

/** What a file is that does not hold what it says. */
export class BoltFault extends Error {}

/** One of the meta pages: which pages count. */
export interface Meta {
  pageSize: number;
  /** Page of the bucket that holds all others. */
  root: number;
  /** The first page that is none yet. */
  end: number;
  /** Number of the change that it was written with. */
  change: bigint;
}

/** A page, or what a bucket holds in place of one. */
export interface Page {
  isLeaf: boolean;
  count: number;
  bytes: Uint8Array;
  view: DataView;
}

/** Bytes in front of what a page holds. */
export const PAGE_HEADER = 16;

const [BRANCH, LEAF] = [1, 2];
const META_END = 80;
const META_CHECKED = [16, 72] as const;
const MAGIC = 0xed0cdaed;
const VERSION = 2;
const PAGE_SIZES = Array.from({ length: 11 }, (_, power) => 1024 << power);

/** Bytes of a page with those that follow it, and of all pages that one look may read. */
const PAGE_LIMIT = 16 * 1024 * 1024;
const READ_LIMIT = 64 * 1024 * 1024;

/** Gets the two meta pages as they are now, as text to compare, and the one that counts. */
export function readMetas(file: Bytes): { meta: Meta; mark: string } {
  const first = readMeta(file, 0);
  const size = first?.meta?.pageSize;
  const second = (size === undefined ? PAGE_SIZES : [size])
    .map((offset) => readMeta(file, offset))
    .find((one) => one?.meta !== undefined);
  const metas = [first, second].flatMap((one) => one?.meta ?? []);
  const meta = metas.toSorted((a, b) => a.change < b.change ? 1 : -1)[0];
  if (meta === undefined) throw new BoltFault("it has no meta page that is whole");
  return { meta, mark: `${first?.mark}/${second?.mark}` };
}

function readMeta(file: Bytes, offset: number): { meta?: Meta; mark: string } | undefined {
  const bytes = new Uint8Array(META_END);
  if (file.readAt(bytes, offset) < META_END) return undefined;
  const view = new DataView(bytes.buffer);
  const mark = String(view.getBigUint64(META_CHECKED[1], true));
  if (view.getUint32(16, true) !== MAGIC || view.getUint32(20, true) !== VERSION) return { mark };
  if (view.getBigUint64(META_CHECKED[1], true) !== fnv(bytes.subarray(...META_CHECKED))) return { mark };
  const pageSize = view.getUint32(24, true);
  if (!PAGE_SIZES.includes(pageSize)) return { mark };
  const [root, end] = [numberAt(view, 32), numberAt(view, 56)];
  return { meta: { pageSize, root, end, change: view.getBigUint64(64, true) }, mark };
}

/** FNV-1a of 64 bits. */
function fnv(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}

/** Reads a page's number, or gives one that is beyond every file. */
export function numberAt(view: DataView, offset: number): number {
  const number = view.getBigUint64(offset, true);
  return number > 0xffffffffffffn ? Number.MAX_SAFE_INTEGER : Number(number);
}

/** Reads pages, up to a limit in all. */
export class PageReader {
  private left = READ_LIMIT;

  constructor(private readonly file: Bytes, private readonly meta: Meta) {}

  page(number: number): Page {
    const { pageSize, end } = this.meta;
    if (number < 2 || number >= end) throw new BoltFault(`it has no page ${number}`);
    const head = this.read(number * pageSize, PAGE_HEADER);
    const view = new DataView(head.buffer);
    if (numberAt(view, 0) !== number) throw new BoltFault(`page ${number} is another one`);
    const length = (view.getUint32(12, true) + 1) * pageSize;
    if (length > PAGE_LIMIT) throw new BoltFault(`page ${number} is longer than ${PAGE_LIMIT} bytes`);
    return pageOf(this.read(number * pageSize, length));
  }

  private read(offset: number, length: number): Uint8Array<ArrayBuffer> {
    this.left -= length;
    if (this.left < 0) throw new BoltFault(`more than ${READ_LIMIT} bytes would have to be read`);
    const buffer = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const read = this.file.readAt(buffer.subarray(done), offset + done);
      if (read <= 0) throw new BoltFault("it is cut short");
      done += read;
    }
    return buffer;
  }
}

/** Reads a page by its bytes. */
export function pageOf(bytes: Uint8Array): Page {
  if (bytes.length < PAGE_HEADER) throw new BoltFault("a page is shorter than its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint16(8, true);
  if (flags !== LEAF && flags !== BRANCH) throw new BoltFault("a page is of no kind that holds entries");
  const count = view.getUint16(10, true);
  if (PAGE_HEADER + count * 16 > bytes.length) throw new BoltFault("a page holds more entries than fit");
  return { isLeaf: flags === LEAF, count, bytes, view };
}
