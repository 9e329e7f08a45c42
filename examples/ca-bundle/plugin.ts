import { definePlugin, mount, problem, setEnv } from "container-hooks/plugin";

/** Variables by which programs find certificates that do not look where the system has them. */
const VARIABLES = ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE"];

/** Splits "registry.example.com/rhel/=/etc/pki/tls/certs/ca-bundle.crt". */
function placeOf(entry: string): [prefix: string, path: string] {
  const at = entry.lastIndexOf("=/");
  if (at !== -1) return [entry.slice(0, at), entry.slice(at + 1)];
  throw problem(
    `${JSON.stringify(entry)} in places names no path`,
    "write the beginning of an image's name, = and a path, such as quay.io/fedora/=/etc/pki/tls/certs/ca-bundle.crt",
  );
}

/** Mounts the host's certificates where a container of that image looks for them. */
export default definePlugin({
  api: 1,
  name: "ca-bundle",
  version: "1.0.0",
  brief: "Mounts the host's CA certificates into containers, where their image has them",
  options: {
    bundle: {
      type: "string",
      default: "/etc/ssl/certs/ca-certificates.crt",
      pattern: "^/",
      brief: "file of the host, root's",
    },
    places: {
      type: "strings",
      default: ["=/etc/ssl/certs/ca-certificates.crt"],
      brief: "BEGINNING-OF-IMAGE=PATH: where they go; the first that fits counts",
    },
  },
  needs: { read: [{ option: "bundle" }] },
  plan(container, { host, options }) {
    const name = container.image.name ?? "";
    const path = options.places.map(placeOf).find(([prefix]) => name.startsWith(prefix))?.[1];
    if (path === undefined) return { note: `no place fits the image ${name || "without a name"}` };
    if (container.mounts.some(({ destination }) => destination === path)) {
      return { note: `the container mounts ${path} itself` };
    }
    if (!host.readTextFile(options.bundle).includes("-----BEGIN CERTIFICATE-----")) {
      throw problem(
        `${options.bundle} has no certificate`,
        "name a file of certificates in PEM as option bundle",
      );
    }
    const unset = VARIABLES.filter((variable) => container.env[variable] === undefined);
    return {
      edits: [
        mount({
          source: options.bundle,
          destination: path,
          options: ["bind", "ro", "nosuid", "nodev", "noexec"],
        }),
        ...unset.map((variable) => setEnv(variable, path)),
      ],
    };
  },
});
