/** What the code that attaches and detaches works with. */
import type { HandlerContext, PluginHost, PluginLog } from "container-hooks/plugin";

/** A handler's context has it, and commands make it. */
export interface Tools extends Pick<HandlerContext, "keep" | "alone"> {
  host: PluginHost;
  log: PluginLog;
}
