import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Download } from './received.ts';

/** Longer names would not leave room for what stands behind them. */
const LONGEST_NAME = 60;

/** Beside its target: a name that holds whose part it is as far as it fits, and a hash of what exactly. */
export function partOf({ uri, file, object }: Download): string {
  const identity = `${uri}\n${object.generation}\n${object.bytes}\n${path.basename(file)}`;
  return path.join(path.dirname(file), `${partPrefix(file)}${hashOf(identity)}.part`);
}

/** Parts of what this file was to be before: of an object that was replaced since, or of another one. */
export function otherParts(download: Download): string[] {
  const { file } = download;
  const folder = path.dirname(file);
  const prefix = partPrefix(file);
  const isPart = (name: string) => name.startsWith(prefix) && /^[0-9a-f]{16}\.part$/.test(name.slice(prefix.length));
  const names = fs.readdirSync(folder).filter(isPart);
  const own = partOf(download);
  return names.map(name => path.join(folder, name)).filter(part => part !== own);
}

/** Under which a download is remembered. */
export function keyOf({ uri, file }: Pick<Download, 'uri' | 'file'>): string {
  return `download ${uri} ${path.resolve(file)}`;
}

/** No other file of the folder has it. */
function partPrefix(file: string): string {
  const name = path.basename(file);
  return `.${name.length > LONGEST_NAME ? `${name.slice(0, 40)}-${hashOf(name)}` : name}.sentops-`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
