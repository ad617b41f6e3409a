import { isoTime } from '../runs/run-row.ts';
import type { RegisteredModel, Texts } from '../tracking/entities.ts';
import { isAuditTag } from './audit.ts';
import { isClaimTag } from './claim.ts';

/** A registered model as commands show it: times in ISO 8601. */
export interface ModelRow {
  name: string;
  description: string;
  /** The newest version; null where there is none. */
  latest: number | null;
  /** Stage → its newest version. */
  stages: Readonly<Record<string, number>>;
  /** Alias → version. */
  aliases: Readonly<Record<string, number>>;
  createdAt: string | null;
  updatedAt: string | null;
  tags: Texts;
}

export function toModelRow(model: RegisteredModel): ModelRow {
  const { name, description, latest, aliases, createdAt, updatedAt, tags } = model;
  const staged = latest.filter(({ stage }) => stage !== 'None');
  return {
    name,
    description,
    latest: latest.length === 0 ? null : Math.max(...latest.map(({ version }) => version)),
    stages: Object.fromEntries(staged.map(({ stage, version }) => [stage, version])),
    aliases,
    createdAt: isoTime(createdAt),
    updatedAt: isoTime(updatedAt),
    tags: plainTags(tags),
  };
}

/** Tags that people set; those that keep our records are shown as what they are, not as tags. */
export function plainTags(tags: Texts): Texts {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !isRecordTag(key)));
}

export function isRecordTag(key: string): boolean {
  return isAuditTag(key) || isClaimTag(key);
}
