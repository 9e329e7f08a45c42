import { definePlugin, mount, setEnv } from "container-hooks/plugin";

/** Edits containers that have the label "team", and denies those of a team that is not allowed. */
export default definePlugin({
  api: 1,
  name: "new-plugin",
  version: "0.1.0",
  brief: "Gives each team's containers what they need",
  options: {
    teams: { type: "strings", default: ["payments"], brief: "teams that may start containers" },
    data: { type: "string", default: "/srv/teams", pattern: "^/", brief: "folder of the teams' data" },
  },
  when: { labels: { "^team$": "." } },
  plan(container, { options }) {
    const team = container.labels.team!;
    if (!options.teams.includes(team)) return { deny: [`team ${team} is not known here`] };
    return {
      edits: [
        setEnv("TEAM", team),
        mount({ source: `${options.data}/${team}`, destination: "/team", options: ["rbind", "ro"] }),
      ],
      note: `it is of team ${team}`,
    };
  },
});
