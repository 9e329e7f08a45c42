/**
 * Our own log: one line per event, in logrus' text or JSON, as the runtimes' logs are.
 *
 * It never stops or delays a create: a log file that is a named pipe, that cannot be opened, or whose disk is
 * full is passed over in silence.
 */
import type { Host } from "./host.ts";
import { visibleJson } from "../visible.ts";

/** The levels, the gravest first. */
export const LOG_LEVELS = ["panic", "fatal", "error", "warn", "info", "debug", "trace"] as const;
/** How grave an event is. */
export type LogLevel = (typeof LOG_LEVELS)[number];
/** How a line is written. */
export type LogFormat = "text" | "json";

/** Where, how and how much is logged. */
export interface LogSettings {
  file: string;
  level: LogLevel;
  format: LogFormat;
}

/** A log that keeps one line per event. */
export type Log = (level: LogLevel, message: string, fields?: Record<string, string | number>) => void;

/** Gives a log whose lines say what they are about. */
export function about(log: Log, subject: Record<string, string | number>): Log {
  return (level, message, fields) => log(level, message, { ...subject, ...fields });
}

/** Bytes after which the log is renamed to FILE.1 and begun anew. */
const ROTATE_AT = 16 * 1024 * 1024;

/** Formats one line as logrus writes it. */
export function formatLine(
  format: LogFormat,
  time: number,
  level: LogLevel,
  message: string,
  fields: Record<string, string | number> = {},
): string {
  const stamp = new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
  const word = level === "warn" ? "warning" : level;
  if (format === "json") return `${quoted({ ...fields, level: word, msg: message, time: stamp })}\n`;
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${quoted(value)}`).join("");
  return `time=${quoted(stamp)} level=${word} msg=${quoted(message)}${pairs}\n`;
}

/** Writes a value as JSON, with what a terminal would act upon or not show escaped. */
function quoted(value: unknown): string {
  return visibleJson(JSON.stringify(value));
}

/** Appends a line to a regular file, or to a new one; false where that could not be done. */
export function appendLine(host: Host, file: string, line: string, mode: number): boolean {
  try {
    const status = host.lstat(file);
    // Opening a named pipe would wait for a reader, maybe for ever.
    if (status && status.kind !== "a regular file") return false;
    if (status && status.size > ROTATE_AT && mode === 0o600) host.rename(file, `${file}.1`);
    using opened = host.append(file, mode);
    opened.write(new TextEncoder().encode(line));
    return true;
  } catch {
    return false;
  }
}

/** Whether lines of a level are kept. */
export function keeps({ level: least }: LogSettings, level: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) <= LOG_LEVELS.indexOf(least);
}

/** Opens the log that the configuration asks for. */
export function openLog(host: Host, settings: LogSettings): Log {
  return (level, message, fields) => {
    if (!keeps(settings, level)) return;
    appendLine(host, settings.file, formatLine(settings.format, host.now(), level, message, fields), 0o600);
  };
}
