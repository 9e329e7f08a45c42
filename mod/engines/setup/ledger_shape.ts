/** What is written and removed by the record must have the shape that we gave it, whoever wrote it. */

/** Whether `value`, read from the record, is what we write there. */
export function areConfigurations(value: unknown): boolean {
  return isListOf(isConfigured)(value);
}

function isConfigured(value: unknown): boolean {
  const { engine, file, entries, files } = fieldsOf(value);
  return isText(engine) && isPath(file) && isListOf(isEntry)(entries) && isListOf(isChangedFile)(files);
}

function isEntry(value: unknown): boolean {
  const { name, path, previousDefault = "" } = fieldsOf(value);
  return isText(name) && isText(path) && isText(previousDefault);
}

function isChangedFile(value: unknown): boolean {
  const { file, original = "absent", ours, folders } = fieldsOf(value);
  return isPath(file) && isOriginal(original) && isListOf(isHash)(ours) && isListOf(isPath)(folders);
}

function isOriginal(value: unknown): boolean {
  if (value === "absent") return true;
  const { sha256, uid, gid, mode } = fieldsOf(value);
  return isHash(sha256) && [uid, gid, mode].every(Number.isInteger);
}

/** The name of a backup's file is made of it. */
function isHash(value: unknown): boolean {
  return isText(value) && /^[0-9a-f]{64}$/.test(value);
}

function isPath(value: unknown): boolean {
  return isText(value) && value.startsWith("/");
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isListOf(isOne: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => Array.isArray(value) && value.every(isOne);
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}
