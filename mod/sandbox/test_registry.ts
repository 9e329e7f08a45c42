/** What stands at `Deno` where tests of a plugin run: `Deno.test` in the forms that tests of plugins need. */

/** What a test does. */
type Body = (context: TestContext) => void | Promise<void>;

/** What a test is handed. */
interface TestContext {
  readonly name: string;
  /** Runs a part of the test. @throws what it throws, so that the test fails with it */
  step(name: string, body: Body): Promise<boolean>;
}

/** A test, and what is said about it. */
interface Described {
  name?: string;
  fn?: Body;
  ignore?: boolean;
  only?: boolean;
}

/** A test that was registered. */
export interface RegisteredTest {
  name: string;
  body(): Promise<void>;
  ignored: boolean;
  only: boolean;
}

/** The tests of a file, and what registers them. */
export class TestRegistry {
  readonly #tests: RegisteredTest[] = [];

  /** Gets those that were registered; where some are marked with `only`, the others are ignored. */
  list(): RegisteredTest[] {
    if (!this.#tests.some(({ only }) => only)) return this.#tests;
    return this.#tests.map((test) => ({ ...test, ignored: test.ignored || !test.only }));
  }

  /** Makes `Deno.test`, which takes a name and a function, one of them, or an object of both. */
  registrar(): object {
    const register = (...words: unknown[]) => this.#add(words, {});
    const ignore = (...words: unknown[]) => this.#add(words, { ignore: true });
    const only = (...words: unknown[]) => this.#add(words, { only: true });
    return Object.freeze(Object.assign(register, { ignore, skip: ignore, only }));
  }

  #add(words: unknown[], marked: Described): void {
    const said: Described = { ...marked };
    for (const word of words) {
      if (typeof word === "string") said.name = word;
      else if (typeof word === "function") Object.assign(said, { fn: word, name: said.name ?? word.name });
      else if (typeof word === "object" && word !== null) Object.assign(said, word, marked);
    }
    const { name, fn, ignore = false, only = false } = said;
    if (typeof name !== "string" || name === "" || typeof fn !== "function") {
      throw new TypeError("a test is registered with a name and a function: test(NAME, () => { ... })");
    }
    const body = async () => void await fn(contextOf(name));
    this.#tests.push({ name, body, ignored: ignore, only });
  }
}

function contextOf(name: string): TestContext {
  return {
    name,
    async step(part, body) {
      await body(contextOf(`${name} ... ${part}`));
      return true;
    },
  };
}
