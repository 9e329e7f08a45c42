/** Something that keeps a build from being made and that its user can mend; the message says both. */
export class BuildFailure extends Error {
  override readonly name = "BuildFailure";
}
