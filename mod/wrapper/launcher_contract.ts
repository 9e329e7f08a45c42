/**
 * What the launcher and the entry point `plan` of the program have agreed upon.
 *
 * The launcher is a file of its own, written at install; a later program may find an older one in front of it.
 */

/** Raised with every change of what follows; the entry point refuses any other. */
export const LAUNCHER_VERSION = 3;

/**
 * The descriptor on which the program tells, a line at a time, what it is about, so that the launcher can tell
 * it where the program no longer can.
 *
 *     container ID      the container that is planned; an id that a runtime accepts, without a space
 *     plugin NAME       it is being asked
 *     container ID      no plugin is being asked any more
 *     entry TOKEN       the journal entry of what was planned, for another launcher further down
 *     end OUTCOME N...  all is done or told; words N of the command line, counted from 0, are our own options
 */
export const CHANNEL = 3;

/**
 * The exit statuses of the program. The outcome stands in its last line, `end edited 0 1`, and in its status, and the
 * container starts only where both say the same. So neither a process that ends early nor one whose status somebody
 * sets does.
 */
export const STATUS = {
  /** config.json was written. */
  edited: 90,
  /** There was nothing to do. */
  nothing: 91,
  /** The container must not start, and the engine has been told why. */
  refused: 92,
} as const;

/** Version of what launchers and the service say to each other; a launcher asks no other. */
export const SERVICE_VERSION = 2;

/** In place of the version: the service runs and sends everybody away; why follows. */
export const COLD = "cold";

/** Folder of the service that plans, in the run folder. */
export const SERVICE_FOLDER = "service";

/** Folder of the service that calls handlers, in the run folder. */
export const HANDLERS_FOLDER = "handlers";

/** What the script of a hook asks that service about; a launcher asks about a runtime, by its absolute path. */
export const HOOK = "hook";
