import { PassThrough } from 'node:stream';
import type { Json, ProjectRequest } from '../config/types.ts';
import { SentopsError } from '../core/errors.ts';
import type { Report } from '../core/report.ts';
import { type CheckReport, checkExtension } from './check.ts';
import { readKind } from './names.ts';
import { openExtensions } from './open.ts';
import { tryProject } from './try-project.ts';

export interface NamedCheckRequest {
  readonly kind: string;
  readonly name: string;
  /** `key=value`, the value JSON or plain text. */
  readonly options: readonly string[];
  readonly request: ProjectRequest;
  readonly platform: NodeJS.Platform;
  readonly signal: AbortSignal;
  readonly report: Report;
  readonly stdin: NodeJS.ReadableStream;
}

export interface NamedCheckReport extends CheckReport {
  /** What the extension printed, line by line. */
  printed: string[];
}

/** Runs the contract suite of an extension that is registered on this machine. */
export async function checkNamed(asked: NamedCheckRequest): Promise<NamedCheckReport> {
  const { request, signal, report, stdin } = asked;
  const { cwd, env } = request;
  const options = Object.fromEntries(asked.options.map(readOption));
  const extension = await openExtensions({ env, platform: asked.platform }).resolve(readKind(asked.kind), asked.name);
  const stdout = new PassThrough().setEncoding('utf8');
  let text = '';
  stdout.on('data', chunk => {
    text += chunk;
  });
  const project = await tryProject(request);
  const result = await checkExtension(extension, options, {
    cwd,
    env,
    signal,
    report,
    stdin,
    stdout,
    project,
    request,
  });
  return { ...result, printed: text.split('\n').filter(line => line !== '') };
}

function readOption(text: string): [string, Json] {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) {
    throw new SentopsError('FLAG_INVALID', `--option ${JSON.stringify(text)} has no value`, {
      hint: 'write it as key=value',
    });
  }
  try {
    return [key, JSON.parse(value) as Json];
  } catch {
    return [key, value];
  }
}
