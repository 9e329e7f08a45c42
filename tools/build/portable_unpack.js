/**
 * Run once, by `deno eval` of the Deno that the header has just unpacked: checks the sha256 of every file,
 * puts the modules beside Deno, and renames the folder into place whole.
 *
 * Arguments: the portable file, the temporary folder, the folder's place, where in the file the compressed
 * modules begin, how many bytes they are, the same of the C library, and the files as JSON
 * `[{ name, size, sha256 }]`: Deno, the modules, the C library.
 * Ends with status 3 and one line on stderr where something is wrong.
 */
const [portable, temporary, place, ...numbers] = Deno.args;
const files = numbers.pop();
const [modulesStart, modulesLength, glibcStart, glibcLength] = numbers.map(Number);

async function check(file, bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  if (digest.toHex() !== file.sha256) {
    throw new Error(`the file is damaged: ${file.name} has another checksum`);
  }
}

/** Through to the disk: a folder whose name survived a power cut but whose files did not would stay broken. */
function flush(path) {
  using file = Deno.openSync(path);
  file.syncSync();
}

/** Where the header reads from 1, as tail does, this reads from 0. */
function readPart(start, length) {
  using file = Deno.openSync(portable);
  file.seekSync(start, Deno.SeekMode.Start);
  const compressed = new Uint8Array(length);
  for (let filled = 0; filled < compressed.length;) {
    const read = file.readSync(compressed.subarray(filled));
    if (read === null) throw new Error("the file is damaged: it ends too early");
    filled += read;
  }
  const plain = new Blob([compressed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(plain).bytes();
}

/**
 * Makes the folders that a file lies in, below the temporary one and never that one itself: where another start
 * has swept it away, taking us for dead, a new one without Deno in it would be renamed into place.
 */
function makeFolders(name) {
  const parts = name.split("/").slice(0, -1);
  for (let depth = 1; depth <= parts.length; depth++) {
    try {
      Deno.mkdirSync(`${temporary}/${parts.slice(0, depth).join("/")}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

/** Leaves a folder alone that another start has put there meanwhile: it is the same one. */
function renameIntoPlace() {
  try {
    Deno.renameSync(temporary, place);
  } catch (error) {
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  }
  flush(place.slice(0, place.lastIndexOf("/")));
}

/** Of the C library, what starts programs. */
function isLoader({ name }) {
  return name.startsWith("glibc/ld-");
}

/** What Deno was started with lies there already. */
async function placeFile(file, content) {
  await check(file, content);
  const path = `${temporary}/${file.name}`;
  makeFolders(file.name);
  try {
    Deno.writeFileSync(path, content, { createNew: true });
    if (isLoader(file)) Deno.chmodSync(path, 0o700);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    await check(file, Deno.readFileSync(path));
  }
  flush(path);
}

async function unpack() {
  const [deno, ...others] = JSON.parse(files);
  await check(deno, Deno.readFileSync(`${temporary}/${deno.name}`));
  flush(`${temporary}/${deno.name}`);
  const parts = [await readPart(modulesStart, modulesLength), await readPart(glibcStart - 1, glibcLength)];
  const bytes = await new Blob(parts).bytes();
  let at = 0;
  for (const file of others) await placeFile(file, bytes.subarray(at, at += file.size));
  renameIntoPlace();
}

try {
  await unpack();
} catch (error) {
  console.error(error.message);
  Deno.exit(3);
}
