import { randomBytes } from 'node:crypto';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { SentopsError } from '../core/errors.ts';
import { isAlive } from '../core/is-alive.ts';
import { isRecord } from '../model/formats/check-fields.ts';
import type { RegisteredModel } from '../tracking/entities.ts';
import type { Tracker } from '../tracking/types.ts';
import { findModelByName } from './find-version.ts';
import { thisMachine } from './this-machine.ts';

const PREFIX = 'sentops.claim.';
/** Nothing is written under a claim that is older than this. */
const HOLD_MS = 60_000;
/** A claim of another machine that is older than this was left behind; the difference is room for clocks that differ. */
const STALE_MS = 150_000;
/** So long the first of several waits for the others to withdraw. */
const PATIENCE_MS = 10_000;
const POLL_MS = 50;

export interface ClaimRequest {
  readonly tracker: Tracker;
  readonly name: string;
  /** What is going on, for the one who is turned away: `promotion of version 4`. */
  readonly what: string;
  readonly by: string;
  readonly signal: AbortSignal;
  /** For tests; the clock and the machine otherwise. */
  readonly now?: () => number;
  readonly patienceMs?: number;
}

export interface Claim {
  /** The model as it stands, once it is sure that the claim still holds. Throws CONFLICT where it does not. */
  confirm(): Promise<RegisteredModel>;
}

interface Holder {
  readonly key: string;
  readonly at: number;
  readonly machine: string;
  readonly host: string;
  readonly pid: number;
  readonly what: string;
  readonly by: string;
}

/**
 * Runs work while nobody else who asks the same way changes what a registered model's stages and aliases point at.
 * MLflow has no compare-and-set, so this is mutual exclusion by reading and writing alone (Burns and Lynch, 1980):
 * each claimant writes a tag of its own and then reads all of them. Who sees one with a lower key withdraws; who sees
 * only higher ones waits until they are gone. Two can never both be inside: the one that read last has seen the other.
 * A claim whose process is gone is taken away, at once on the same machine and after a time on any other.
 */
export async function withClaim<T>(request: ClaimRequest, work: (claim: Claim) => Promise<T>): Promise<T> {
  const { tracker, name, now = Date.now } = request;
  const started = performance.now();
  const own = describeOwn(request, now());
  const { key, ...value } = own;
  await tracker.models.setTag(name, key, JSON.stringify(value));
  try {
    await waitForTurn(request, own);
    return await work({ confirm: () => confirm(request, own, started) });
  } finally {
    await withdraw(request, key);
  }
}

/** Tags that claims are, which no list shows. */
export function isClaimTag(key: string): boolean {
  return key.startsWith(PREFIX);
}

async function waitForTurn(request: ClaimRequest, own: Holder): Promise<void> {
  const { signal, patienceMs = PATIENCE_MS } = request;
  const deadline = performance.now() + patienceMs;
  for (;;) {
    signal.throwIfAborted();
    const model = await findModelByName(request.tracker, request.name);
    if (model.tags[own.key] === undefined) throw lost(request);
    const others = await clearStale(request, readHolders(model, own.key));
    const first = others[0];
    if (first === undefined) return;
    if (first.key < own.key || performance.now() > deadline) throw turnedAway(request, first);
    await sleep(POLL_MS, undefined, { signal });
  }
}

async function confirm(request: ClaimRequest, own: Holder, started: number): Promise<RegisteredModel> {
  const model = await findModelByName(request.tracker, request.name);
  if (model.tags[own.key] === undefined || performance.now() - started > HOLD_MS) throw lost(request);
  return model;
}

/** A claim that cannot be taken back is stale in a while; what went wrong before is what has to be told. */
async function withdraw({ tracker, name }: ClaimRequest, key: string): Promise<void> {
  await tracker.models.deleteTag(name, key).catch(() => {});
}

/** Those that live, lowest key first. */
async function clearStale(request: ClaimRequest, holders: readonly Holder[]): Promise<Holder[]> {
  const machine = thisMachine();
  const now = (request.now ?? Date.now)();
  const living: Holder[] = [];
  for (const holder of holders) {
    const isGone = holder.machine === machine && !isAlive(holder.pid);
    if (isGone || now - holder.at > STALE_MS) await takeAway(request, holder.key);
    else living.push(holder);
  }
  return living;
}

/** Another one may have taken it away just now. */
async function takeAway({ tracker, name }: ClaimRequest, key: string): Promise<void> {
  try {
    await tracker.models.deleteTag(name, key);
  } catch (error) {
    if (!(error instanceof SentopsError) || error.code !== 'NOT_FOUND') throw error;
  }
}

function readHolders({ tags }: RegisteredModel, own: string): Holder[] {
  return Object.keys(tags)
    .filter(key => isClaimTag(key) && key !== own)
    .sort()
    .map(key => readHolder(key, tags[key] as string));
}

/** One that cannot be read counts by the time in its key. */
function readHolder(key: string, text: string): Holder {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  const { at, machine, host, pid, what, by } = isRecord(value) ? value : {};
  const fromKey = Number.parseInt(key.slice(PREFIX.length), 10);
  return {
    key,
    at: typeof at === 'number' ? at : Number.isNaN(fromKey) ? 0 : fromKey,
    machine: String(machine ?? ''),
    host: String(host ?? 'unknown host'),
    pid: typeof pid === 'number' ? pid : 0,
    what: String(what ?? 'change'),
    by: String(by ?? 'unknown'),
  };
}

/** The time comes first in the key, so that who came first goes first; the rest makes it the only one of its kind. */
function describeOwn({ what, by }: ClaimRequest, at: number): Holder {
  const key = `${PREFIX}${String(at).padStart(15, '0')}-${randomBytes(6).toString('hex')}`;
  return { key, at, machine: thisMachine(), host: os.hostname(), pid: process.pid, what, by };
}

function turnedAway({ name }: ClaimRequest, { what, by, host, pid, at }: Holder): SentopsError {
  const since = new Date(at).toISOString();
  return new SentopsError('CONFLICT', `a ${what} of ${name} by ${by} on ${host} is under way since ${since}`, {
    hint: 'wait for it to end, look at the model with sentops model describe, and run the command again',
    details: { model: name, holder: { what, by, host, pid, since } },
  });
}

function lost({ name, what }: ClaimRequest): SentopsError {
  return new SentopsError('CONFLICT', `the ${what} of ${name} took too long, and another command may have gone on`, {
    hint: 'look at the model with sentops model describe, then run the command again: it completes what was begun',
    details: { model: name },
  });
}
