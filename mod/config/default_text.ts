/** The config.toml of a fresh installation: every key with its default, none of them set. */
import { USUAL_RUNTIMES } from "./usual_runtimes.ts";

/** All of it is commented out, so that later defaults hold where the administrator has not chosen. */
export const DEFAULT_CONFIG = `# container-hooks: see docs/configuration.md, and container-hooks(8).
# Every line shows a default; take the # away to change it. Files of conf.d/*.toml are read after this one.

[container-hooks]
# The static file of hooks for every container. Where it is set, the file has to exist.
#path = "/etc/container-hooks/hooks.json"
# Folders of your plugins.
#plugin-dirs = ["/etc/container-hooks/plugins"]
# Seconds for the whole of a create, 1 to 110.
#deadline = 60
# Containers that are planned at once; 0: four.
#concurrency = 0

[container-hooks-runtime]
# Our own log; "": none.
#debug = "/var/log/container-hooks-runtime.log"
# "trace", "debug", "info", "warn" or "error".
#log-level = "info"
# "text" or "json".
#log-format = "text"
# OCI runtimes. \`container-hooks install\` makes a launcher for each that is found.
#runtimes = ${JSON.stringify(USUAL_RUNTIMES).replaceAll(",", ", ")}

# The policy for one plugin; a plugin without such a table has these defaults.
#[plugins.NAME]
# "enforce"; "audit": asked and recorded, nothing done; "off": not asked.
#mode = "enforce"
# What a failure of the plugin does to the container: "fail" or "warn".
#on-error = "fail"
# Seconds for one call, 1 to 100.
#timeout = 10
# "process", or "worker" for an isolate of its own.
#isolation = "process"
# Lower comes first among hooks and mounts.
#order = 0
# Of a gate: false keeps it while the bypass is on.
#bypassable = true
#[plugins.NAME.when]
#image = ["^registry[.]example[.]com/"]
#[plugins.NAME.options]
`;
