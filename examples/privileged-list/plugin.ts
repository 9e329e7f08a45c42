import { definePlugin, isPrivileged, privilegesOf } from "container-hooks/plugin";

/** Denies privileged containers. An image's name is its author's word, so the list has ids and digests. */
export default definePlugin({
  api: 1,
  name: "privileged-list",
  version: "1.0.0",
  brief: "Denies privileged containers, but for those of images on a list",
  options: {
    allowed: { type: "strings", default: [], brief: "ids or digests of images that may: sha256:..." },
  },
  gate: true,
  plan(container, { options }) {
    if (!isPrivileged(container)) return;
    const { id, digest } = container.image;
    const found = [id, digest].find((one) => one !== undefined && options.allowed.includes(one));
    if (found !== undefined) return { note: `privileged, and image ${found} is on the list` };
    const { imageId } = container.facts;
    const image = id ?? (imageId.state === "known" ? "of no name" : `not known (${imageId.why})`);
    return {
      deny: [
        `it is privileged (${
          privilegesOf(container).join(", ")
        }), and its image, ${image}, is not on the list`,
      ],
    };
  },
});
