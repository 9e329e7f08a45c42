/**
 * One change to an engine's configuration: on record first, then the files, the engine's own judgement, loading,
 * and everything put back where the engine does not want it.
 */
import { failure } from "../../errors.ts";
import { discard } from "../../host/files.ts";
import type { Host } from "../../host/host.ts";
import { sha256 } from "../../core/sha256.ts";
import type { Restart, RunningState, Site, WantedState } from "./engine_control.ts";
import { FileChanges, realPlace } from "./file_changes.ts";
import type { Configured, Ledger } from "./ledger.ts";
import { load, type Loading } from "./engine_load.ts";
import type { ChangePlan, ReplacedDefault } from "./plan_changes.ts";

/** What was done to one file. */
export interface DoneChange {
  file: string;
  /** The real path, if `file` leads there through a symbolic link. */
  real?: string;
  /** Path of the copy of what stood there; absent where nothing did, or where it was a text of ours. */
  backup?: string;
}

/** What was done to one engine. */
export interface Done {
  changes: DoneChange[];
  answer: RunningState;
  by: Restart;
  /** The default that ours has taken the place of. */
  replaces?: ReplacedDefault;
  /** What is left to be done by hand. */
  remedy?: string;
}

/** What the engine is to have in the end, and how it is to load it. */
export interface Goal {
  wanted: WantedState;
  restart: Restart | undefined;
}

/** A change on its way, while the record is locked. */
export class EngineChange {
  /** What was on record before. */
  private readonly before: Configured | undefined;

  constructor(
    private readonly host: Host,
    private readonly ledger: Ledger,
    private readonly site: Site,
    private readonly goal: Goal,
  ) {
    this.before = ledger.of(site.control.configuration.engine, site.file);
  }

  /** @throws {Failure} with everything as it was */
  async carryOut(plan: ChangePlan): Promise<Done> {
    const changes = await this.keepBackups(plan);
    this.record(plan.during);
    const { answer, by, remedy } = await this.changeFiles(plan);
    if (!plan.after) this.removeFolders();
    this.record(plan.after);
    this.ledger.sweep();
    const { replaces } = plan;
    return {
      changes,
      answer,
      by,
      ...(replaces === undefined ? {} : { replaces }),
      ...(remedy === undefined ? {} : { remedy }),
    };
  }

  private async changeFiles({ changes }: ChangePlan): Promise<Loading> {
    const { host, site, goal: { wanted, restart } } = this;
    const files = new FileChanges(host, changes);
    let isTold = false;
    try {
      if (changes.length > 0) await site.control.check(host, site, files.stage(), wanted);
      files.commit();
      if (wanted.loaded) await site.control.confirm?.(host, site, wanted);
      isTold = true;
      const loading = await load(host, site, wanted, { restart, isNew: changes.length > 0 });
      if (loading.refused && wanted.loaded) throw this.notLoaded(loading);
      files.settle();
      return loading;
    } catch (error) {
      await this.putBack(files, isTold);
      files.discard();
      this.record(this.before);
      throw error;
    }
  }

  /** An engine that was told to load the new files loads the old ones again. */
  private async putBack(files: FileChanges, isTold: boolean): Promise<void> {
    if (!files.takeBack() || !isTold) return;
    const { wanted: { name }, restart } = this.goal;
    const loaded = this.before?.entries.some((entry) => entry.name === name) ?? false;
    await load(this.host, this.site, { name, loaded, isDefault: false }, { restart, isNew: true });
  }

  private notLoaded({ answer }: Loading): Error {
    const { control, file } = this.site;
    return failure("engine-refuses", { engine: control.program, file, said: answer.how });
  }

  /** Records what is configured now, if it differs from what is on record. */
  private record(now: Configured | undefined): void {
    const { engine } = this.site.control.configuration;
    if (now !== this.ledger.of(engine, this.site.file)) this.ledger.write(engine, this.site.file, now);
  }

  /** Copies of what was not written by us. */
  private async keepBackups({ changes, during }: ChangePlan): Promise<DoneChange[]> {
    const ours = new Set(this.before?.files.flatMap((known) => known.ours));
    const originals = new Set(
      during?.files.map(({ original }) => typeof original === "object" && original.sha256),
    );
    return await Promise.all(changes.map(async ({ file, before }): Promise<DoneChange> => {
      const real = realPlace(this.host, file);
      const done = real === file ? { file } : { file, real };
      if (before === undefined) return done;
      const hash = await sha256(before);
      if (ours.has(hash)) return done;
      return { ...done, backup: await this.ledger.keep(before, !originals.has(hash)) };
    }));
  }

  /** Removes the folders that were made for our files alone; one that holds something else stays. */
  private removeFolders(): void {
    for (const { folders } of this.before?.files ?? []) {
      for (const folder of folders.toReversed()) discard(this.host, folder);
    }
  }
}
