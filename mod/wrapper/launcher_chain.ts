/** The lines of the launcher that keep a chain of wrappers from going round for ever; see chain.ts. */
import { CHAIN_VARIABLE as CHAIN, mayLeadBack, MOST_PASSES } from "./chain.ts";

/** Lines by the places of the script that they are filled into. */
type ChainParts = Record<"COUNT_PASSES" | "END_CHAIN" | "REFUSE_LOOP" | "NAME_ENTRY", string>;

/** @param sentences What is said of a loop, as two words of the shell: for a person and for the engine's log. */
export function chainParts(runtime: string, sentences: string): ChainParts {
  if (mayLeadBack(runtime)) {
    return { COUNT_PASSES, END_CHAIN: "", REFUSE_LOOP: refuseLoop(sentences), NAME_ENTRY };
  }
  return { COUNT_PASSES: "", END_CHAIN: ` && unset ${CHAIN}`, REFUSE_LOOP: "", NAME_ENTRY: UNSET };
}

/**
 * Counts rounds. It stands in front of the first `exec`, before the shell has read the function that reports errors.
 */
const COUNT_PASSES = `
# How often this call came through us: one that leads back here would never end.
case \${${CHAIN}-} in
  ${MOST_PASSES}:*) container_hooks_creates=leads_back ;;
  [0-${MOST_PASSES - 1}]:*) ${CHAIN}=$((\${${CHAIN}%%:*} + 1)):\${${CHAIN}#*:} ;;
  *) ${CHAIN}=1: ;;
esac
export ${CHAIN}`;

function refuseLoop(sentences: string): string {
  return `[ "$container_hooks_creates" != leads_back ] || container_hooks_fail ${sentences} "$@"`;
}

const NAME_ENTRY = `
# For another of ours further down, which would plan the container once more.
case $container_hooks_said in
  *"$container_hooks_newline"entry\\ *)
    container_hooks_word=\${container_hooks_said##*"$container_hooks_newline"entry }
    ${CHAIN}=\${${CHAIN}%%:*}:\${container_hooks_word%%"$container_hooks_newline"*}
    ;;
esac`;

const UNSET = `
# The chain ends here; the runtime gets the engine's own environment.
unset ${CHAIN}`;
