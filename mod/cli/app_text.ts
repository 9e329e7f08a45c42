/** What the command-line library says: its words where they are about the words of a command line, ours else. */
import { type ApplicationText, ArgumentParseError, text_en } from "@stricli/core";
import { asFailure, failure } from "../errors.ts";

/** What was thrown as one sentence on a line of its own, without a stack, and whose it is. */
export const sentence = (thrown: unknown) => `container-hooks: ${asFailure(thrown).message}`;

const usage = (why: string) =>
  sentence(failure("usage", { why: why.charAt(0).toLowerCase() + why.slice(1) }));

/** Everything that may be written to standard error, and the library's headings of the help. */
export const text: ApplicationText = {
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
  exceptionWhileRunningCommand: sentence,
  exceptionWhileLoadingCommandFunction: sentence,
  commandErrorResult: sentence,
};
