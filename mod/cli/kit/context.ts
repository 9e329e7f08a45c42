/** What a command is given: the outside world, and how we were started. */
import type { CommandContext } from "@stricli/core";
import type { Host } from "../../host/host.ts";

/** The context of every command. */
export interface Context extends CommandContext {
  readonly host: Host;
  /** `exitCode` is for a command that has answered and yet ends with another status than 0. */
  readonly process: CommandContext["process"] & { exitCode?: number | string | null };
}
