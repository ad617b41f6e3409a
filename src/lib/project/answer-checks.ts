import type { AnswerValue } from './types.ts';

export const DATASET_CHECKS: Readonly<Record<string, (value: AnswerValue) => true | string>> = {
  kaggle: fits(/^[\w.-]+\/[\w.-]+$/, 'must be owner/name'),
  hf: fits(/^[\w.-]+(\/[\w.-]+)?$/, 'must be owner/name'),
  http: fits(/^https?:\/\/[^\s/]+\S*$/, 'must be an address such as https://example.org/reviews.csv'),
  gcs: fits(/^gs:\/\/[^\s/]+\/\S+$/, 'must be an address such as gs://bucket/reviews.csv'),
  local: isLine,
};

export function isTopic(value: AnswerValue): true | string {
  return /^[\w.-]{1,249}$/.test(String(value)) || 'must be at most 249 letters, digits, dots, hyphens and underscores';
}

export function isLine(value: AnswerValue): true | string {
  return (/^[^\p{Cc}]{1,500}$/u.test(String(value)) && String(value).trim() !== '') || 'must be a line of text';
}

export function fits(pattern: RegExp, complaint: string): (value: AnswerValue) => true | string {
  return value => pattern.test(String(value)) || complaint;
}
