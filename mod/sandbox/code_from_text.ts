/**
 * Refusing code that is made from text while the program runs: the loader has looked at every import that a
 * plugin's files write out, and `new Function("return import(...)")` would be another.
 */

/** @throws always */
export function refuse(): never {
  throw new TypeError("code is not made from text in a plugin");
}

/** Takes away `eval`, `Function` and its kin from this isolate; `instanceof Function` works on. */
export function refuseCodeFromText(): void {
  const kinds = [function () {}, function* () {}, async function () {}, async function* () {}];
  for (const kind of kinds) {
    const prototype = Object.getPrototypeOf(kind);
    const constructor = function (): never {
      return refuse();
    };
    constructor.prototype = prototype;
    Object.defineProperty(prototype, "constructor", { value: constructor });
  }
  const globals = globalThis as unknown as Record<string, unknown>;
  globals.Function = Function.prototype.constructor;
  globals.eval = refuse;
}
