/** The console as plugins get it: what they print at create would come out in `docker logs`. */

/** Takes one message. */
export type Speak = (level: "debug" | "info" | "warn", message: string) => void;

const LEVELS = {
  debug: "debug",
  trace: "debug",
  log: "info",
  info: "info",
  dir: "info",
  table: "info",
  warn: "warn",
  error: "warn",
} as const;

/** What else a console has; a plugin may call it, and nothing happens. */
const SILENT = [
  "assert",
  "clear",
  "count",
  "countReset",
  "group",
  "groupCollapsed",
  "groupEnd",
  "time",
  "timeEnd",
  "timeLog",
];

/** Replaces the console of this isolate by one that hands everything to `speak`. */
export function replaceConsole(speak: Speak): void {
  const speaking = Object.entries(LEVELS).map(([name, level]) =>
    [name, (...words: unknown[]) => speak(level, words.map(textOf).join(" "))] as const
  );
  const silent = SILENT.map((name) => [name, () => {}] as const);
  const value = Object.freeze(Object.fromEntries([...speaking, ...silent]));
  Object.defineProperty(globalThis, "console", { value, writable: false, configurable: false });
}

function textOf(word: unknown): string {
  if (typeof word === "string") return word;
  try {
    const plain = (_: string, value: unknown) => typeof value === "bigint" ? `${value}` : value;
    return (word instanceof Error ? undefined : JSON.stringify(word, plain)) ?? String(word);
  } catch {
    return `a value of type ${typeof word}`;
  }
}
