/** This file takes absolute paths of POSIX apart and puts them together. */

/** The number of symbolic links that Linux follows in one path. */
export const MOST_LINKS = 40;

/** Gets the folder that a path lies in; the path has no slash at its end. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** Gets the last name of a path, which has no slash at its end. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Makes the path of something that lies in a folder. */
export function pathIn(folder: string, name: string): string {
  return folder === "/" ? `/${name}` : `${folder}/${name}`;
}

/** Splits a path into its names, ".." among them; "." and what doubled slashes leave are not. */
export function namesOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}
