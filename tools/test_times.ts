/** How long each file of tests took. */

/** One file. */
export interface FileTime {
  path: string;
  seconds: number;
}

/**
 * The files of a report in JUnit's format, as `deno test --junit-path` writes it: what their tests took, one after
 * another.
 */
export function timesOf(report: string): FileTime[] {
  const parts = report.split(/<testsuite name="/).slice(1);
  return parts.map((suite) => {
    const times = [...suite.matchAll(/<testcase [^>]* time="([\d.]+)"/g)].map(([, time]) => Number(time));
    const path = suite.slice(0, suite.indexOf('"')).replace(/^\.\//, "");
    return { path, seconds: times.reduce((sum, time) => sum + time, 0) };
  });
}

/** A line for each file that took a second or more, the slowest first, and one for the others. */
export function timeTable(times: readonly FileTime[]): string {
  const slow = times.filter(({ seconds }) => seconds >= 1).toSorted((a, b) => b.seconds - a.seconds);
  const rest = times.filter(({ seconds }) => seconds < 1);
  const sum = rest.reduce((total, { seconds }) => total + seconds, 0);
  const lines = [...slow, ...rest.length > 0 ? [{ path: `${rest.length} more`, seconds: sum }] : []];
  return lines.map(({ path, seconds }) => `${seconds.toFixed(1).padStart(8)} s  ${path}`).join("\n");
}
