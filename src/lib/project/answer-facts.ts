import path from 'node:path';
import { TEMPLATES, templateFacts } from './templates.ts';
import type { Answers, AnswerValue, QuestionId } from './types.ts';

/** `registeredModelName` → `--registered-model-name` */
export function flagOf(id: QuestionId): string {
  return `--${id.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`;
}

export function isCloud({ backend }: Answers): boolean {
  return backend === 'dataproc' || backend === 'serverless';
}

export function usesKafka({ sourceType, writeKafka }: Answers): boolean {
  return sourceType === 'kafka' || writeKafka === true;
}

/** The made-up rows that come with the minimal template. */
export function usesSample({ template, source, dataset }: Answers): boolean {
  return template === 'minimal' && source === 'local' && dataset === TEMPLATES.minimal.dataset;
}

export function splitLabels(labels: AnswerValue | undefined): string[] {
  return String(labels ?? '')
    .split(',')
    .map(label => label.trim());
}

/** The file is known where the dataset is the template's own or is itself one file. */
export function fileOf(template: string, source: string, dataset: string): string | undefined {
  const facts = templateFacts(template);
  if (source === facts.source && dataset === facts.dataset) return facts.file;
  if (source === 'kaggle' || source === 'hf') return undefined;
  const name = path.posix.basename(dataset.replace(/[?#].*$/, ''));
  return /\.\w+$/.test(name) ? name : undefined;
}

/** Letters that the name may not have become hyphens: `My Project (2)` → `my-project-2`. */
export function nameFrom(folderName: string): string {
  const plain = folderName
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
  const name = plain
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return name === '' ? 'sentiment-project' : name;
}

export function hasOwnColumns(answers: Answers): boolean {
  return answers.template === 'minimal' && !usesSample(answers);
}
