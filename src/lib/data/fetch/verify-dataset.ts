import fs from 'node:fs';
import path from 'node:path';
import { displayPath } from '../../config/display-path.ts';
import { SentopsError } from '../../core/errors.ts';
import { quoteWord } from '../../core/shell-word.ts';
import { openStorages } from '../../storage/open-storage.ts';
import { checksumObject } from '../../storage/transfer/checksum-object.ts';
import { inParallel } from '../../tracking/artifacts/in-parallel.ts';
import { TRANSFERS_AT_ONCE } from '../../tracking/artifacts/transfer.ts';
import { askSource } from './ask-source.ts';
import { type ChosenDataset, chooseDataset, type DatasetCall } from './choose-dataset.ts';
import { cameAs, differs } from './compare-remote.ts';
import { hashFile } from './content-hash.ts';
import type { LockedDataset, LockedFile } from './lock-types.ts';
import { lookUp } from './locked-folder.ts';
import { placeTo, show } from './upload-dataset.ts';

export interface VerifyCall extends DatasetCall {
  /** The files on this machine. */
  readonly local: boolean;
  /** The objects that were uploaded. */
  readonly uploaded: boolean;
  /** What the source has by now. */
  readonly atSource: boolean;
  readonly to?: string | undefined;
}

export interface VerifyCheck {
  where: 'folder' | 'bucket' | 'source';
  path: string;
  /** The file or object that was looked at. */
  place: string;
  state: 'ok' | 'missing' | 'changed' | 'unknown';
  expected: string;
  found: string | null;
}

export interface VerifyResult {
  dataset: string;
  version: string;
  checks: VerifyCheck[];
  ok: boolean;
}

/** Compares every byte that can be reached with what the lock file says. */
export async function verifyDataset(call: VerifyCall): Promise<VerifyResult> {
  const { chosen, locked, lock } = await lookUp(chooseDataset(call));
  if (locked === null) throw notLocked(chosen, Object.keys(lock));
  const { only } = chosen;
  const wanted = Object.entries(locked.files).filter(
    ([name, { from }]) => only === null || name === only || from === only,
  );
  if (wanted.length === 0)
    throw new SentopsError('NOT_FOUND', `the lock file has no ${chosen.only} of ${chosen.shownRef}`, {
      hint: `it has ${Object.keys(locked.files).slice(0, 5).join(', ')}`,
    });
  const checks = [
    ...(call.local ? await checkFolder(wanted, chosen, call) : []),
    ...(call.uploaded ? await checkBucket(wanted, chosen, call) : []),
    ...(call.atSource ? await checkSource(locked, chosen, call) : []),
  ];
  const ok = checks.every(({ state }) => state === 'ok' || state === 'unknown');
  return { dataset: chosen.shownRef, version: locked.version, checks, ok };
}

type Wanted = readonly (readonly [string, LockedFile])[];

/** Every file is read: size and time alone say nothing of a disk that went bad. */
async function checkFolder(wanted: Wanted, chosen: ChosenDataset, call: VerifyCall): Promise<VerifyCheck[]> {
  const { signal, cwd, report } = call;
  const total = wanted.reduce((sum, [, { bytes }]) => sum + bytes, 0);
  let done = 0;
  return await inParallel(wanted, 2, async ([name, file]) => {
    signal.throwIfAborted();
    const target = path.join(chosen.outputDir, name);
    const base = { where: 'folder' as const, path: name, place: displayPath(target, cwd), expected: expectedOf(file) };
    if (!fs.statSync(target, { throwIfNoEntry: false })?.isFile()) return { ...base, state: 'missing', found: null };
    const { sha256, crc32c, bytes } = await hashFile(target, signal);
    done += bytes;
    report({ type: 'progress', id: 'verify', label: 'Reading', done: Math.min(done, total), total, unit: 'bytes' });
    const found = file.sha256 === null ? crc32c : sha256;
    return { ...base, state: found === base.expected ? 'ok' : 'changed', found };
  });
}

async function checkBucket(wanted: Wanted, chosen: ChosenDataset, call: VerifyCall): Promise<VerifyCheck[]> {
  const to = placeTo(chosen, call);
  const storage = await openStorages(call.project, call).at(to);
  return await inParallel(wanted, TRANSFERS_AT_ONCE, async ([name, { crc32c, bytes }]) => {
    const uri = `${to}/${name}`;
    const base = { where: 'bucket' as const, path: name, place: show(uri, call.cwd), expected: crc32c };
    const there = await storage.stat(uri, call);
    if (there === null) return { ...base, state: 'missing', found: null };
    const found = await checksumObject(there, storage, call.signal);
    return { ...base, state: found === crc32c && there.bytes === bytes ? 'ok' : 'changed', found };
  });
}

async function checkSource(locked: LockedDataset, chosen: ChosenDataset, call: VerifyCall): Promise<VerifyCheck[]> {
  const { remote } = await askSource(chosen, call);
  const known = cameAs(locked);
  const isOtherVersion = remote.version !== locked.version;
  const names = Object.keys(known).filter(name => chosen.only === null || name === chosen.only);
  return names.map(name => {
    const file = remote.files.find(each => each.path === name);
    const base = { where: 'source' as const, path: name, place: remote.ref, expected: locked.version };
    if (file === undefined) return { ...base, state: 'missing', found: null };
    const isOther = differs(known[name], file) ?? (isOtherVersion ? true : null);
    return { ...base, state: isOther === null ? 'unknown' : isOther ? 'changed' : 'ok', found: remote.version };
  });
}

function expectedOf({ sha256, crc32c }: LockedFile): string {
  return sha256 ?? crc32c;
}

function notLocked({ shownRef, lockFile, preset }: ChosenDataset, keys: readonly string[]): SentopsError {
  const others = keys.slice(0, 5).join(', ');
  return new SentopsError(
    'NOT_FOUND',
    `${shownRef} is not in ${path.basename(lockFile)}: there is nothing to compare with`,
    {
      hint: `fetch it first: sentops dataset download ${quoteWord(preset?.name ?? shownRef)}${others === '' ? '' : `; the lock file has ${others}`}`,
      details: { locked: keys },
    },
  );
}
