/** Frees the memory of arrays that nobody uses any more, now: a garbage collection may come late or never. */
export function freeMemory(buffer: ArrayBufferLike): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
}
