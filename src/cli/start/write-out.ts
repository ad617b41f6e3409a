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
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN') process.stdout.write(bytes.subarray(done));
    else if (code !== 'EPIPE') fail(message);
  }
}

/** A full disk, say (`> /dev/full`): the parts that tell errors well are not loaded for a page of help. */
function fail(message: string): void {
  process.stderr.write(`error: standard output cannot be written: ${message}\n`);
  process.exitCode = 1;
}
