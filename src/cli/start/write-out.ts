import fs from 'node:fs';

/**
 * Writes to standard output without setting up the stream, which costs more than a help page. A reader that went
 * away is no error; one that is slow gets the rest from the stream.
 */
export function writeOut(bytes: Uint8Array): void {
  let done = 0;
  try {
    while (done < bytes.length) done += fs.writeSync(1, bytes, done);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN') process.stdout.write(bytes.subarray(done));
    else if (code !== 'EPIPE') throw error;
  }
}
