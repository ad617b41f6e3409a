import { createHash } from 'node:crypto';
import os from 'node:os';
import { quoteWord } from '../../core/shell-word.ts';
import { VERSION } from '../../core/version.ts';
import type { Texts } from '../../tracking/entities.ts';
import type { TrainRequest } from '../request.ts';
import { userName } from './user-name.ts';

interface TagRequest {
  readonly request: TrainRequest;
  readonly gitCommit: string | null;
  /** What was asked for, in the form in which it is recorded as parameters. */
  readonly spec: Texts;
}

/** A tag holds 8000 characters; a line of that length was written by a machine. */
const LONGEST_LINE = 4000;

/** What every run of a training job says about where it comes from. */
export function runTags({ request, gitCommit, spec }: TagRequest): Texts {
  const line = ['sentops train', ...(request.commandLine ?? []).map(quoteWord)].join(' ');
  return {
    'mlflow.user': userName(request.env),
    'mlflow.source.name': 'sentops train',
    'mlflow.source.type': 'LOCAL',
    ...(gitCommit === null ? {} : { 'mlflow.source.git.commit': gitCommit }),
    'sentops.command': line.slice(0, LONGEST_LINE),
    'sentops.version': VERSION,
    'sentops.pid': String(process.pid),
    'sentops.host': os.hostname(),
    'sentops.spec': createHash('sha256').update(JSON.stringify(spec)).digest('hex'),
  };
}
