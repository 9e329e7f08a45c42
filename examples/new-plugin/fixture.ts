import type { ContainerFields } from "container-hooks/testing";

/** A container as docker has it. Fields that are left out are those of one that does nothing special. */
export const payments: ContainerFields = {
  names: ["payments-web"],
  engine: "docker",
  image: { name: "registry.example.com/payments/web:1.2" },
  labels: { team: "payments" },
  userLabels: { team: "payments" },
  process: { args: ["/usr/bin/web"], cwd: "/", env: ["PATH=/usr/bin:/bin"], user: { uid: 1000, gid: 1000 } },
};
