/** What those commands are given that have to know the program itself: how it is started, what is part of it. */
import type { RouteMap } from "@stricli/core";
import type { Program } from "../plugin/program.ts";
import type { Context } from "./kit/context.ts";
import type { PluginCheck } from "./kit/finding.ts";

/** What main.ts knows and hands to the commands. */
export interface ProgramParts {
  readonly program: Program;
  /** What built-in plugins look at for `doctor`, by their names. */
  readonly checks: Readonly<Record<string, PluginCheck>>;
}

/** The context of these commands. */
export interface ProgramContext extends Context, ProgramParts {
  readonly program: Program;
  /** All commands, as the parser knows them. */
  readonly routes: RouteMap<ProgramContext>;
}
