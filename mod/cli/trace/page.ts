/**
 * A timeline as one page for a browser, light and dark, which loads nothing and runs nothing: its policy forbids all but
 * its own style, so that a text from a container stays a text whatever it says.
 */
import { nameOnRecord, type OnRecord, resultOf } from "../explain/on_record.ts";
import { visible } from "../../visible.ts";
import { formatTime } from "../kit/output.ts";
import { atOf, tookOf } from "./trace.ts";
import type { Timeline, TimelineStep } from "./timeline.ts";
import STYLE from "./page.css" with { type: "text" };

/** Makes the page. */
export async function pageOf({ entry, events }: OnRecord, timeline: Timeline): Promise<string> {
  const { container } = entry;
  const name = nameOnRecord(container) || container.id;
  const result = resultOf({ entry, events });
  const planning = timeline.steps.filter(({ part }) => part === "planning");
  const afterwards = timeline.steps.filter(({ part }) => part === "afterwards");
  const facts: [string, string | undefined][] = [
    ["container", container.id],
    ["engine", `${container.engine}, ${container.operation} by ${container.runtime}`],
    ["image", container.image],
    ["request", formatTime(timeline.began)],
    [
      "planned",
      entry.planned && (entry.planned.warm ? "warm, by the service" : `cold: ${entry.planned.why}`),
    ],
    ["why", entry.failure],
  ];
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${await hashOf(STYLE)}'">
<meta name="color-scheme" content="light dark">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(name)}: ${text(result)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${text(name)} <span class="result ${
    result === "refused" || result === "handler failed" ? "failed" : ""
  }">${text(result)}</span></h1>
<dl>
${
    facts.flatMap(([term, said]) => said ? [`<div><dt>${term}</dt><dd>${text(said)}</dd></div>`] : []).join(
      "\n",
    )
  }
</dl>
${section("Before the runtime was called", planning, true)}
${section("Afterwards", afterwards, false)}
<footer>written by container-hooks ${text(entry.program)}; values of variables are left out</footer>
</main>
</body>
</html>
`;
}

function section(title: string, steps: readonly TimelineStep[], isWaterfall: boolean): string {
  if (steps.length === 0) return "";
  const from = Math.min(...steps.map(({ at }) => at));
  const total = Math.max(...steps.map(({ at, took = 0 }) => isWaterfall ? at + took - from : took)) || 1;
  const rows = steps.map((step) => {
    const start = isWaterfall ? (step.at - from) / total : 0;
    return `<li${step.failed ? ' class="failed"' : ""}>
<span class="at">${atOf(step)}</span><span class="took">${tookOf(step)}</span><span class="step">${
      text(step.step)
    }</span>
${Number.isFinite(step.at) ? bar(start, (step.took ?? 0) / total) : ""}
<span class="what">${text(step.what)}</span>
</li>`;
  });
  return `<section>
<h2>${title}</h2>
<ol>
${rows.join("\n")}
</ol>
</section>`;
}

/** A bar, or where it has no length a mark. Shares of the whole, so that no style is needed. */
function bar(start: number, length: number): string {
  const [x, width] = [start * 1000, Math.max(length * 1000, 4)];
  const shape = `<rect x="${Math.min(x, 996).toFixed(1)}" width="${width.toFixed(1)}" height="10" rx="2"/>`;
  return `<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">${shape}</svg>`;
}

/** A text from outside as a text of HTML. */
function text(said: string): string {
  return visible(said).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** As a policy names a style: by the hash of its text. */
async function hashOf(style: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style)));
  return `sha256-${btoa(String.fromCharCode(...bytes))}`;
}
