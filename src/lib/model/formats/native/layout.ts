/** `\x89SOM\r\n\x1a\n`: a transfer that takes the file for text changes it. */
export const MAGIC = Uint8Array.of(0x89, 0x53, 0x4f, 0x4d, 0x0d, 0x0a, 0x1a, 0x0a);
export const VERSION = 1;
/** Bytes before the header. */
export const FIXED = 32;
export const PLACE = { version: 8, headerLength: 12, fileLength: 16, headerSum: 24, bodySum: 28 } as const;
