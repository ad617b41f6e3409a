import { fieldFlags } from './field-flags.ts';
import { Flags } from './framework.ts';

/** The sections of the project that say how storage is reached and what the roles of buckets are. */
export const STORAGE_SECTIONS = ['storage', 'profiles', 'cluster', 'buckets'] as const;

/** Which objects are meant, by their time. */
export const timeFlags = {
  newer: Flags.string({
    summary: 'Only what changed since, for instance 90m, 2d or 2026-11-01.',
    helpValue: 'TIME',
  }),
  date: Flags.string({
    summary: 'Only of this day: by a folder such as date=2026-11-01 on the way, or the time of the last change (UTC).',
    helpValue: 'DAY',
  }),
};

export const recursiveFlag = (summary: string) => Flags.boolean({ char: 'r', summary });

export const noClobberFlag = Flags.boolean({ summary: 'Leave what is at the target as it is.' });

/** How objects travel. */
export function transferFlags() {
  return fieldFlags(['storage.concurrency', 'storage.parallelThreshold', 'storage.userProject']);
}
