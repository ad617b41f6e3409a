import crypto from 'node:crypto';
import fs from 'node:fs';
import { redactor } from '../../lib/core/redact.ts';
import type { Failure } from '../failure.ts';
import type { ReadyColumn, Rows } from '../output/records.ts';
import { OUTPUT_NAMES, type Outputs } from './outputs.ts';
import { describeFailure, describeResult, describeRows } from './summary.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface Published {
  /** The command as it is typed: the head of the summary. */
  readonly title: string;
  readonly result?: object;
  readonly outputs?: Outputs;
  /** Markdown of the command's own; the result as a table where undefined, nothing where empty. */
  readonly summary?: string | undefined;
  readonly columns?: readonly ReadyColumn[] | undefined;
  /** What a result that is no list is about; it takes the place of the result where there is any. */
  readonly rows?: Rows | undefined;
  readonly failure?: Failure | undefined;
}

/**
 * Hands outputs and a summary to CI. Returns what could not be written, as sentences: a full disk of the runner is
 * no reason to call the work failed.
 */
export function publish(published: Published, env: Env, github: boolean): string[] {
  const given = Object.entries(published.outputs ?? {}).filter(([, value]) => value !== undefined);
  const outputs = given.filter(([name]) => Object.hasOwn(OUTPUT_NAMES, name));
  const strange = given.filter(entry => !outputs.includes(entry)).map(([name]) => `${name} is no declared output name`);
  const problems = [
    ...strange,
    append(env['SENTOPS_OUTPUT_FILE'], outputs.map(([name, value]) => dotenvLine(name, String(value))).join('')),
  ];
  if (github) {
    problems.push(
      append(env['GITHUB_OUTPUT'], outputs.map(([name, value]) => githubOutput(name, String(value))).join('')),
    );
    problems.push(append(env['GITHUB_STEP_SUMMARY'], summarize(published)));
  }
  return problems.filter(problem => problem !== undefined);
}

function append(file: string | undefined, text: string): string | undefined {
  if (!file || text === '') return undefined;
  try {
    fs.appendFileSync(file, redactor.redact(text));
    return undefined;
  } catch (error) {
    return `cannot write to ${file}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Several lines stand between delimiters that nobody can guess, so that a value can never set another output. */
export function githubOutput(name: string, value: string): string {
  if (!/[\r\n]/.test(value)) return `${name}=${value}\n`;
  const delimiter = `sentops_${crypto.randomUUID()}`;
  return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
}

/** As GitLab reads a dotenv report: names of letters, digits and underscores, one line each, no quotes. */
export function dotenvLine(name: string, value: string): string {
  const key = name.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  return `${key}=${value.replace(/\r\n|\r|\n/g, '\\n')}\n`;
}

function summarize({ title, result, summary, columns, rows, failure }: Published): string {
  const told = rows && rows.items.length > 0 ? describeRows(rows) : result && describeResult(result, columns);
  const body = summary ?? told ?? '';
  const parts = [failure ? describeFailure(failure) : '', body.trim()].filter(part => part !== '');
  if (parts.length === 0 || summary === '') return '';
  return `### ${title}${failure ? ' ❌' : ''}\n\n${parts.join('\n\n')}\n\n`;
}
