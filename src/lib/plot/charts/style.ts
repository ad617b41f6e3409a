/** Font sizes of all charts, in logical pixels. */
export const SIZE = { title: 15, label: 12, tick: 11, legend: 11.5 } as const;

/** Width of a line of data. */
export const DATA_LINE = 2;
