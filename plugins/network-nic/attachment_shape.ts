/** Whether what is kept is what we wrote: a file in the run folder can be damaged, or another version's. */

type Shape = Record<string, (value: unknown) => boolean>;

const isText = (value: unknown) => typeof value === "string";
const isNumber = (value: unknown) => typeof value === "number";
const isObject = (value: unknown) => typeof value === "object" && value !== null;
const isFlag = (value: unknown) => typeof value === "boolean";

const HOLDER: Shape = { key: isText, id: isText, pid: isNumber };

const SOURCE: Shape = { kind: (value) => ["device", "pair", "macvlan"].includes(value as string) };

const REQUEST: Shape = {
  name: isText,
  source: (value) => has(value, SOURCE),
  addresses: Array.isArray,
};

const SNAPSHOT: Shape = {
  taken: isNumber,
  name: isText,
  ifindex: isNumber,
  settings: isObject,
  altnames: Array.isArray,
  addresses: Array.isArray,
  routes: Array.isArray,
  neighbours: Array.isArray,
  sysctls: isObject,
};

const DEVICE: Shape = {
  request: (value) => has(value, REQUEST),
  was: (value) => value === undefined || has(value, SNAPSHOT),
};

const ATTACHMENT: Shape = {
  key: isText,
  since: isNumber,
  namespace: isText,
  pin: isText,
  holders: (value) => everyHas(value, HOLDER),
  devices: (value) => everyHas(value, DEVICE),
  placed: isFlag,
};

/** Whether it has the shape of an attachment, as deep as that nothing which reads it is surprised. */
export function hasShape(value: unknown): boolean {
  return has(value, ATTACHMENT);
}

function has(value: unknown, shape: Shape): boolean {
  return isObject(value) &&
    Object.entries(shape).every(([key, isRight]) => isRight((value as Record<string, unknown>)[key]));
}

function everyHas(value: unknown, shape: Shape): boolean {
  return Array.isArray(value) && value.every((each) => has(each, shape));
}
