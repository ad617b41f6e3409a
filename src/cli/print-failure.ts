import type { SourcePlace } from '../lib/core/errors.ts';
import type { Failure } from './failure.ts';
import { cleanText } from './output/cell.ts';
import { toJson } from './output/formats/json.ts';
import type { OutputSettings } from './output/settings.ts';
import { createPaint, type Paint } from './output/style.ts';
import { writeText } from './output/write.ts';
import { formatPlace, type ProblemLine, problemsOf } from './problems.ts';

/**
 * Tells a failure once: as JSON on standard output where that was asked for, else as text, or as a log line, on
 * standard error. `inEnvelope` says that the JSON of the result holds it already.
 */
export async function printFailure(
  failure: Failure,
  settings: OutputSettings,
  proc: NodeJS.Process,
  inEnvelope = false,
): Promise<void> {
  if (settings.ci === 'github') {
    const { annotateFailure } = await import('./ci/annotate.ts');
    await writeText(proc.stderr, annotateFailure(failure, proc.env, proc.cwd()));
  }
  if (settings.json && inEnvelope) return;
  if (settings.json && (await isWritten(proc.stdout, `${encode(failure)}\n`))) return;
  await writeText(
    proc.stderr,
    settings.logFormat === 'json' ? logLine(failure, settings) : text(failure, settings, proc.cwd()),
  );
}

/** Standard output may be what failed (`> /dev/full`); the failure is then told where it can be. */
async function isWritten(stream: NodeJS.WritableStream, json: string): Promise<boolean> {
  return writeText(stream, json).then(
    () => true,
    () => false,
  );
}

/** Details come from anywhere: what JSON cannot hold must not hide the failure itself. */
function encode({ json }: Failure): string {
  try {
    return toJson({ error: json }, 2);
  } catch {
    return toJson({ error: { ...json, details: {} } }, 2);
  }
}

function logLine({ json, stack }: Failure, { verbose }: OutputSettings): string {
  const { message, ...rest } = json;
  return `${toJson({ time: new Date().toISOString(), level: 'error', msg: message, ...rest, ...(verbose && stack ? { stack } : {}) })}\n`;
}

function text(failure: Failure, { stderr, verbose }: OutputSettings, cwd: string): string {
  const { message, hint, details } = failure.json;
  const paint = createPaint(stderr.color);
  const clean = (part: string) => cleanText(part, false);
  // Where the message is itself the only problem, or lists them all, they are told already.
  const problems = problemsOf(details).filter(problem => !message.includes(problem.message));
  const lines = [
    `${paint('red', paint('bold', 'error:'))} ${isNamedIn(message, failure.place) ? '' : placePrefix(failure.place, cwd, paint)}${clean(message)}`,
    ...problems.map(problem => `  ${describeProblem(problem, cwd, paint)}`),
    `${paint('cyan', 'hint:')} ${clean(hint)}`,
  ];
  if (verbose && failure.stack) lines.push(paint('dim', clean(failure.stack)));
  return `${lines.join('\n')}\n`;
}

function describeProblem({ message, hint, place, severity }: ProblemLine, cwd: string, paint: Paint): string {
  const level = severity === 'warning' ? `${paint('yellow', 'warning:')} ` : '';
  return `${placePrefix(place, cwd, paint)}${level}${cleanText(message, false)}${hint ? ` (${cleanText(hint, false)})` : ''}`;
}

/** `file:line:column: `, as editors and terminals make it a link; the file as seen from here. */
function placePrefix(place: SourcePlace | null | undefined, cwd: string, paint: Paint): string {
  return place ? `${paint('bold', cleanText(formatPlace(place, cwd), false))}: ` : '';
}

/** A message that tells the whole file by itself needs no place before it. */
function isNamedIn(message: string, place: SourcePlace | undefined): boolean {
  return place !== undefined && place.line === undefined && message.includes(place.file);
}
