import { definePlugin, isPrivileged, rlimit, setEnv } from "container-hooks/plugin";

export default definePlugin({
  api: 1,
  name: "team",
  version: "1.0.0",
  brief: "Gives a team's containers their settings, and none of them the host",
  when: { annotations: { "^org\\.example\\.team$": "." } },
  plan(container) {
    const team = container.annotations["org.example.team"]!;
    if (isPrivileged(container)) return { deny: [`team ${team} may not start privileged containers`] };
    return { edits: [setEnv("TEAM", team), rlimit("RLIMIT_NOFILE", 4096)] };
  },
});
