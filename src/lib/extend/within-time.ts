/** A module that waits for ever at its top would hang every command. */
const LOAD_LIMIT_MS = 10_000;

/** The result of the work, or an error when it takes too long; the work itself cannot be stopped. */
export async function withinTime<T>(work: Promise<T>, limitMs: number = LOAD_LIMIT_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${limitMs / 1000} s`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
