/** Lists what lies in the run folder. A new state file has its line here, or it stays after `uninstall`. */

/** Names of all that is ours in the run folder. `uninstall` removes these and no others. */
export const RUN_CONTENTS: readonly string[] = [
  // Stages whose handlers the service calls: stages_at_work.ts.
  "at-work",
  // Refusals that are repeated: audit.ts.
  "audit",
  // The switch of bypass.ts.
  "bypass",
  // Code of living containers' handlers: handler_code.ts.
  "code",
  // What OCI runtimes support: runtime_features.ts.
  "features",
  // Pipes and status of the service that calls handlers, of serve/.
  "handlers",
  // Entries: journal.ts.
  "journal",
  // Creates that the program has not planned: past_the_program.ts.
  "past-the-program",
  // Values that plugins keep: kept.ts.
  "plugins",
  // Pipes and status of the service that plans, of serve/.
  "service",
  // How many creates plan at once: slots.ts.
  "slots",
  // Marks of containers with a handler at `start`: start_marks.ts.
  "start",
  // Counts of what was swept: totals.ts.
  "totals.json",
];
