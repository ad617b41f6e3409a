import path from 'node:path';
import { SentopsError } from '../core/errors.ts';
import { type AirflowImport, importAirflow } from './airflow.ts';
import { displayPath } from './display-path.ts';
import { errorFrom } from './error-from.ts';
import { readText } from './read-text.ts';
import { type SetResult, setValues } from './set.ts';
import type { ProjectRequest } from './types.ts';

export interface AirflowRequest {
  readonly request: ProjectRequest;
  /** What `airflow variables export` wrote, or what `-` gave. */
  readonly from: { readonly file: string } | { readonly text: string };
  readonly target?: string;
  readonly dryRun?: boolean;
}

export interface AirflowResult extends Omit<SetResult, 'text'> {
  readonly unknown: AirflowImport['unknown'];
}

/** Writes the Airflow variables of the reference pipelines into the project file: all of them, or none. */
export async function importAirflowVariables({
  request,
  from,
  target,
  dryRun,
}: AirflowRequest): Promise<AirflowResult> {
  const { json, name } = 'text' in from ? { json: from.text, name: '-' } : read(from.file, request.cwd);
  const { settings, unknown, problems } = importAirflow(json, name);
  if (problems.length > 0) throw errorFrom(problems);
  if (settings.length === 0) {
    throw new SentopsError('NOT_FOUND', `${name} holds no variable that means something here`, {
      hint: 'export the variables of the pipeline with: airflow variables export FILE',
      details: { unknown: unknown.map(({ variable }) => variable) },
    });
  }
  const { text: _, ...result } = await setValues({
    request,
    settings,
    ...(target === undefined ? {} : { target }),
    ...(dryRun === undefined ? {} : { dryRun }),
  });
  return { ...result, unknown };
}

function read(given: string, cwd: string): { json: string; name: string } {
  const file = path.resolve(cwd, given);
  const name = displayPath(file, cwd);
  const json = readText(file, name);
  if (json === undefined) throw new SentopsError('NOT_FOUND', `there is no file ${name}`, { hint: 'check the path' });
  return { json, name };
}
