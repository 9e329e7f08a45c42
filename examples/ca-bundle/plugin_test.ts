import {
  ask,
  assertEquals,
  assertMatch,
  assertRejects,
  fixtures,
  rehearse,
  test,
} from "container-hooks/testing";
import plugin from "./plugin.ts";

const PEM = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n";
const files = { "/etc/ssl/certs/ca-certificates.crt": PEM };
const container = fixtures["docker-20.10"];

test("the change of a container of docker's", async () => {
  const { diff } = await rehearse(plugin, container, { files });
  assertMatch(diff, /^\+ +"SSL_CERT_FILE=\/etc\/ssl\/certs\/ca-certificates.crt"/m);
  assertMatch(diff, /^\+ +"destination": "\/etc\/ssl\/certs\/ca-certificates.crt"/m);
  assertMatch(diff, /^\+ +"noexec"/m);
});

test("the first place that fits the image counts", async () => {
  const places = ["quay.io/fedora/=/etc/pki/tls/certs/ca-bundle.crt", "=/etc/ssl/certs/ca-certificates.crt"];
  const of = async (name: string) => {
    const { edits = [] } = await ask(plugin, { image: { name } }, { files, options: { places } });
    return edits.flatMap((edit) => edit.edit === "mount" ? [edit.mount.destination] : []);
  };
  assertEquals(await of("quay.io/fedora/fedora:44"), ["/etc/pki/tls/certs/ca-bundle.crt"]);
  assertEquals(await of("docker.io/library/debian:13"), ["/etc/ssl/certs/ca-certificates.crt"]);
});

test("a container that brings its own is left alone", async () => {
  const mounts = [{ destination: "/etc/ssl/certs/ca-certificates.crt", source: "/own", type: "bind" }];
  assertMatch((await ask(plugin, { mounts }, { files })).note, /mounts .* itself/);
  const { edits = [] } = await ask(plugin, { env: { SSL_CERT_FILE: "/own" } }, { files });
  assertEquals(edits.some((edit) => edit.edit === "env" && edit.name === "SSL_CERT_FILE"), false);
});

test("a bundle without certificates, and a place without a path, are told", async () => {
  const empty = { "/etc/ssl/certs/ca-certificates.crt": "" };
  await assertRejects(ask(plugin, {}, { files: empty }), /has no certificate/);
  await assertRejects(ask(plugin, {}, { files, options: { places: ["nginx"] } }), /names no path/);
});
