/** The command that starts the child which runs a plugin's top level; its argument is a folder of the cache. */
export const MANIFEST_DOOR = "manifest-of";
