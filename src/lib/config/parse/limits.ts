/** A project file of this repository's largest example has 3 levels and 400 values: these are far beyond any real one. */
export const MAX_BYTES = 4 * 1024 * 1024;
export const MAX_DEPTH = 100;
export const MAX_ALIASES = 100;
/** Values after anchors are expanded. */
export const MAX_VALUES = 100_000;
