import { definePlugin, mount, problem, setEnv } from "container-hooks/plugin";

/** Gives the socket to containers that ask for it. */
export default definePlugin({
  api: 1,
  name: "audit-socket",
  version: "1.0.0",
  brief: "Mounts the audit daemon's socket into containers that ask for it by an annotation",
  options: {
    socket: { type: "string", default: "/run/audit.sock", pattern: "^/", brief: "socket of the host" },
    inside: { type: "string", default: "/run/audit.sock", pattern: "^/", brief: "where containers see it" },
  },
  when: { annotations: { "^org[.]example[.]audit$": "^(yes|true)$" } },
  needs: { read: [{ option: "socket" }] },
  plan(_container, { host, options }) {
    const found = host.lstat(options.socket);
    if (found?.kind !== "a socket") {
      const what = found ? `is ${found.kind} and no socket` : "is not there";
      throw problem(
        `${options.socket} ${what}`,
        "start the audit daemon, or set option socket to its socket",
      );
    }
    return {
      edits: [
        mount({
          source: options.socket,
          destination: options.inside,
          options: ["bind", "ro", "nosuid", "nodev", "noexec"],
        }),
        setEnv("AUDIT_SOCKET", options.inside),
      ],
    };
  },
});
