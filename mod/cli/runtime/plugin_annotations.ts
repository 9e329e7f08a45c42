/** Which annotations of pods the plugins ask for: containerd has to be told to hand them over. */
import { annotationPatterns } from "../../engines/setup/annotation_patterns.ts";
import type { Host } from "../../host/host.ts";
import { lastIndex, openIndex } from "../../index/open_index.ts";
import type { Program } from "../../plugin/program.ts";

/** Patterns for the engine; none where the plugins cannot be read, which keeps no engine from being configured. */
export async function pluginAnnotations(host: Host, program: Program): Promise<string[]> {
  const index = await openIndex(host, program).catch(() => lastIndex(host));
  return annotationPatterns(
    (index?.plugins ?? []).flatMap((plugin) =>
      plugin.state === "ready" ? Object.keys(plugin.manifest.when?.annotations ?? {}) : []
    ),
  );
}
