/** Many documents as one line of a table: whoever reads what is installed is not to look for it among them. */
import { DOCUMENTATION } from "../../install/places.ts";

/** What is done to one path. */
interface Done {
  action: string;
  path: string;
  note?: string;
}

/** What is done to one path, or to so many in a folder, which is the path then. */
export interface Gathered<Step extends Done> {
  step: Step;
  path: string;
  count: number;
}

const FOLDERS = new RegExp(`^(.*/share/(?:${DOCUMENTATION}|man/man[58]))(?:/.*)?$`);

/** Gathers documents of one folder to which the same is done; what there is a note on stands alone. */
export function gather<Step extends Done>(steps: readonly Step[]): Gathered<Step>[] {
  const gathered = new Map<string, Gathered<Step>>();
  for (const step of steps) {
    const folder = step.note ? undefined : FOLDERS.exec(step.path)?.[1];
    const key = folder === undefined ? step.path : `${step.action} ${folder}`;
    const former = gathered.get(key);
    if (former) former.count++;
    else gathered.set(key, { step, path: folder ?? step.path, count: 1 });
  }
  return [...gathered.values()].map((one) => one.count > 1 ? one : { ...one, path: one.step.path });
}
