/** What the command-line library says: its words where they are about the words of a command line, ours else. */
import { type ApplicationText, ArgumentParseError, text_en } from "@stricli/core";
import { asFailure, failure } from "../errors.ts";

/** What was thrown as one sentence on a line of its own, without a stack, and whose it is. */
export const sentence = (thrown: unknown) => `container-hooks: ${asFailure(thrown).message}`;

/**
 * Gets everything that may be written to standard error, and the library's headings of the help.
 *
 * @param command The words of the command that runs, whose help tells what it takes
 */
export function textOf(command: string): ApplicationText {
  const usage = (why: string) =>
    sentence(failure("usage", { why: why.charAt(0).toLowerCase() + why.slice(1), command }));
  const ofCommand = (thrown: unknown) => {
    const { code, what, details } = asFailure(thrown);
    return code === "usage" && !("command" in details) ? usage(what) : sentence(thrown);
  };
  return {
    ...text_en,
    noCommandRegisteredForInput: (told) => usage(text_en.noCommandRegisteredForInput(told)),
    exceptionWhileParsingArguments(thrown) {
      if (!(thrown instanceof ArgumentParseError)) {
        return usage(text_en.exceptionWhileParsingArguments(thrown, false));
      }
      const { externalFlagNameOrPlaceholder: name, exception } = thrown;
      // Placeholders of arguments have capitals, options have none.
      const option = /^[a-z]/.test(name) ? `--${name}` : name;
      return usage(`${option}: ${asFailure(exception).what}`);
    },
    exceptionWhileRunningCommand: ofCommand,
    exceptionWhileLoadingCommandFunction: ofCommand,
    commandErrorResult: ofCommand,
  };
}
