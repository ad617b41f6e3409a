import { isRecord } from '../model/formats/check-fields.ts';
import type { Texts } from '../tracking/entities.ts';
import type { PromotionTarget } from './promotion-target.ts';

/** Who did it and with what. */
export interface Caller {
  by: string;
  gitCommit: string | null;
  sentops: string;
}

/** What a decision rested on, in short. */
export interface EvidenceNote {
  kind: 'evaluated' | 'recorded';
  metric: string;
  candidate: number | null;
  champion: number | null;
  delta: number | null;
  pValue: number | null;
  rows: number | null;
  /** Digest of the data that both were measured on. */
  data: string | null;
}

/**
 * Something that happened, or was refused, to what a stage or an alias points at. MLflow keeps no history of either
 * (its issue 2169), so each event is a tag of the registered model: that works on every server, and a record that was
 * written is never changed but for `started` becoming `done`.
 */
export interface AuditEvent extends Caller {
  id: string;
  /** ISO 8601; later events have later times, whatever the clocks of the machines say. */
  at: string;
  action: 'promote' | 'rollback' | 'alias' | 'stage';
  /** `started`: its writer has not come to its end. */
  outcome: 'started' | 'done' | 'refused';
  stage: string | null;
  alias: string | null;
  /** The version that served before, and the one after. */
  from: number | null;
  to: number | null;
  forced: boolean;
  reason: string | null;
  evidence: EvidenceNote | null;
}

const PREFIX = 'sentops.audit.';
/** What the column of a tag's value holds on every server. */
const MOST_CHARACTERS = 5000;
const MOST_REASON = 1000;

export function isAuditTag(key: string): boolean {
  return key.startsWith(PREFIX);
}

/** The time comes first, so that tags by name are tags by time. */
export function auditTag(event: AuditEvent): { readonly key: string; readonly value: string } {
  const { id, ...rest } = event;
  const reason = rest.reason === null ? null : rest.reason.slice(0, MOST_REASON);
  const value = JSON.stringify({ v: 1, ...rest, reason });
  if (value.length > MOST_CHARACTERS) throw new RangeError(`an audit record of ${value.length} characters`);
  return { key: `${PREFIX}${event.at.replace(/[-:]/g, '')}-${id}`, value };
}

/** Every event that the tags of a registered model tell of, oldest first. Tags that somebody spoilt are left out. */
export function readTrail(tags: Texts): AuditEvent[] {
  return Object.keys(tags)
    .filter(isAuditTag)
    .sort()
    .flatMap(key => {
      const event = readEvent(key, tags[key] as string);
      return event === null ? [] : [event];
    });
}

/** A moment after every event of the trail: what happens under a claim happens after what it has read. */
export function nextMoment(trail: readonly AuditEvent[], now: number): string {
  const last = trail.at(-1);
  return new Date(last === undefined ? now : Math.max(now, Date.parse(last.at) + 1)).toISOString();
}

/** Whether an event was about this stage or this alias. */
export function concerns(event: AuditEvent, { stage, alias }: PromotionTarget): boolean {
  return (alias !== null && event.alias === alias) || (stage !== null && event.stage === stage);
}

const ACTIONS: readonly string[] = ['promote', 'rollback', 'alias', 'stage'];
const OUTCOMES: readonly string[] = ['started', 'done', 'refused'];

function readEvent(key: string, value: string): AuditEvent | null {
  const record = parse(value);
  const id = key.slice(key.lastIndexOf('-') + 1);
  if (!isRecord(record) || !isEvent(record)) return null;
  return {
    id,
    at: record['at'],
    action: record['action'],
    outcome: record['outcome'],
    stage: textOf(record['stage']),
    alias: textOf(record['alias']),
    from: numberOf(record['from']),
    to: numberOf(record['to']),
    forced: record['forced'] === true,
    reason: textOf(record['reason']),
    evidence: readNote(record['evidence']),
    by: textOf(record['by']) ?? 'unknown',
    gitCommit: textOf(record['gitCommit']),
    sentops: textOf(record['sentops']) ?? 'unknown',
  };
}

type Known = Readonly<Record<string, unknown>> & Pick<AuditEvent, 'at' | 'action' | 'outcome'>;

function isEvent(record: Readonly<Record<string, unknown>>): record is Known {
  const { at, action, outcome } = record;
  return (
    typeof at === 'string' &&
    !Number.isNaN(Date.parse(at)) &&
    ACTIONS.includes(String(action)) &&
    OUTCOMES.includes(String(outcome))
  );
}

function readNote(value: unknown): EvidenceNote | null {
  if (!isRecord(value)) return null;
  return {
    kind: value['kind'] === 'evaluated' ? 'evaluated' : 'recorded',
    metric: textOf(value['metric']) ?? 'accuracy',
    candidate: numberOf(value['candidate']),
    champion: numberOf(value['champion']),
    delta: numberOf(value['delta']),
    pValue: numberOf(value['pValue']),
    rows: numberOf(value['rows']),
    data: textOf(value['data']),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
