/** What a command is given: the outside world, and which program it is part of. */
import type { CommandContext } from "@stricli/core";
import type { Host } from "../../host/host.ts";

/** The context of every command. */
export interface Context extends CommandContext {
  readonly host: Host;
  readonly program: {
    /** Absolute path of the one file that was copied here, without symbolic links. */
    readonly file: string;
  };
  /** `exitCode` is for a command that has answered and yet ends with another status than 0. */
  readonly process: CommandContext["process"] & { exitCode?: number | string | null };
}
