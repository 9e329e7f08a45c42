/** The module that an isolate of plugins starts with; the core listens to what it says and ends it. */
import { serveIsolate } from "./mod/sandbox/isolate_entry_point.ts";

serveIsolate();
