import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';

/**
 * A name for the place where a process number means something. Containers may share the name of their host and have
 * numbers of their own, so where Linux tells the boot and the namespace of the numbers, they are part of it.
 */
export function thisMachine(): string {
  const parts = [os.hostname(), readText('/proc/sys/kernel/random/boot_id'), readLink('/proc/self/ns/pid')];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

function readLink(file: string): string {
  try {
    return fs.readlinkSync(file);
  } catch {
    return '';
  }
}
