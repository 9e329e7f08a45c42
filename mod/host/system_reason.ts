/** Gets the system's reason in words: "no space left on device", "permission denied". */
export function systemReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Deno writes "No space left on device (os error 28): open '/x'": the caller names the path already.
  const text = error.message.replace(/ \(os error \d+\).*$/s, "");
  return text.charAt(0).toLowerCase() + text.slice(1);
}
