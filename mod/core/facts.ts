/** What is known of one thing about a container: what it is, that there is none, or nothing. */

/**
 * Whose word a value is: the engine's own, which nobody who merely has a container started can choose, or that of
 * an author: of the image, of the pod, or of the command that started it.
 */
export type Author = "engine" | "author";

/** A value that is known, one that is known not to be there, or one that could not be found out. */
export type Fact<T> =
  | { readonly state: "known"; readonly value: T; readonly by: Author }
  | { readonly state: "absent"; readonly why: string }
  | { readonly state: "unknown"; readonly why: string };

/** Makes a fact that the engine found out or made itself. */
export function byEngine<T>(value: T): Fact<T> {
  return { state: "known", value, by: "engine" };
}

/** Makes a fact that the author of an image, a pod or a command wrote. */
export function byAuthor<T>(value: T): Fact<T> {
  return { state: "known", value, by: "author" };
}

/** Makes a fact of which it is known that there is none. @param why Half a sentence: "the container has no image". */
export function absent<T>(why: string): Fact<T> {
  return { state: "absent", why };
}

/**
 * Makes a fact of which nobody knows whether there is one. @param why Half a sentence: "podman's database was not
 * found".
 */
export function unknown<T>(why: string): Fact<T> {
  return { state: "unknown", why };
}

/** Gets the value of a fact; undefined where there is none, and where it is not known. */
export function valueOf<T>(fact: Fact<T>): T | undefined {
  return fact.state === "known" ? fact.value : undefined;
}
