import type { Project, ProjectRequest } from '../config/types.ts';
import { SentopsError } from '../core/errors.ts';
import type { Report } from '../core/report.ts';
import { selectChecks } from './select.ts';
import type { DoctorCheck, DoctorContext, DoctorFinding, DoctorStatus } from './types.ts';

export interface DoctorRequest {
  readonly checks: readonly DoctorCheck[];
  readonly project: Project | null;
  readonly request: ProjectRequest;
  /** Ids, or the part before the first dot. */
  readonly only?: readonly string[];
  readonly fix?: boolean;
  readonly signal: AbortSignal;
  readonly report: Report;
}

export interface CheckResult {
  id: string;
  title: string;
  status: DoctorStatus;
  detail: string;
  /** What to do about it, or null. */
  fix: string | null;
  /** What --fix did, or null. */
  repaired: string | null;
}

export interface DoctorReport {
  checks: CheckResult[];
  ok: boolean;
}

const TIME_LIMIT_MS = 10_000;
/** Before that nobody asks what takes so long. */
const PATIENCE_MS = 1_000;

/**
 * Runs the chosen checks side by side, each with its own time limit: one that hangs or throws is a failed check and
 * holds up nobody. The order of the results is the order of the checks.
 */
export async function runDoctor(request: DoctorRequest): Promise<DoctorReport> {
  const { report, signal, project } = request;
  const chosen = selectChecks(request.checks, request.only ?? []);
  const isNamed = (request.only ?? []).length > 0;
  const applying = chosen.filter(check => applies(check, project));
  const shown = isNamed ? chosen : applying;
  const open = new Set(applying.map(check => check.id));
  const patience = setTimeout(() => {
    report({ type: 'step', id: 'doctor', label: `waiting for ${[...open].join(', ')}`, state: 'start' });
  }, PATIENCE_MS);
  const checks = await Promise.all(
    shown.map(async check => {
      if (!open.has(check.id)) return describe(check, excuse(project), null);
      const result = await examine(check, request);
      open.delete(check.id);
      return result;
    }),
  );
  clearTimeout(patience);
  signal.throwIfAborted();
  return { checks, ok: checks.every(check => check.status !== 'fail') };
}

function applies(check: DoctorCheck, project: Project | null): boolean {
  return !check.applies || (project !== null && check.applies(project));
}

/** For a check that was asked for by name: silence would read as "sound". A null project is one that did not load. */
function excuse(project: Project | null): DoctorFinding {
  if (project) return { status: 'skip', detail: 'not needed: it does not apply to this project' };
  return {
    status: 'fail',
    detail: 'cannot be checked: the configuration of the project does not load',
    fix: 'sentops config validate',
  };
}

async function examine(check: DoctorCheck, request: DoctorRequest): Promise<CheckResult> {
  const limit = check.timeoutMs ?? TIME_LIMIT_MS;
  const look = () => limited(check, request, limit, async context => check.run(context));
  const first = await look();
  const isSound = first.status === 'ok' || first.status === 'skip';
  if (!request.fix || isSound || !check.repair) return describe(check, first, null);
  const repair = check.repair.bind(check);
  let repaired = '';
  const attempt = await limited(check, request, limit, async context => {
    repaired = await repair(context);
    return { status: 'ok', detail: repaired };
  });
  if (attempt.status !== 'ok')
    return describe(check, { ...first, detail: `${first.detail}; the repair failed: ${attempt.detail}` }, null);
  return describe(check, await look(), repaired === '' ? null : repaired);
}

async function limited(
  check: DoctorCheck,
  request: DoctorRequest,
  limit: number,
  work: (context: DoctorContext) => Promise<DoctorFinding>,
): Promise<DoctorFinding> {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<DoctorFinding>();
  const late: DoctorFinding = {
    status: 'fail',
    detail: `no answer within ${limit / 1000} s`,
    fix: `run again: sentops doctor --only ${check.id}`,
  };
  const timer = setTimeout(() => {
    controller.abort(new SentopsError('TIMEOUT', late.detail));
    resolve(late);
  }, limit);
  const stop = () => {
    controller.abort(request.signal.reason);
    resolve({ status: 'fail', detail: 'stopped' });
  };
  request.signal.addEventListener('abort', stop, { once: true });
  const context: DoctorContext = {
    project: request.project,
    request: request.request,
    env: request.request.env,
    signal: controller.signal,
  };
  try {
    return await Promise.race([work(context), promise]);
  } catch (error) {
    const fix = error instanceof SentopsError ? error.hint : undefined;
    return { status: 'fail', detail: error instanceof Error ? error.message : String(error), ...(fix ? { fix } : {}) };
  } finally {
    clearTimeout(timer);
    request.signal.removeEventListener('abort', stop);
  }
}

function describe(check: DoctorCheck, finding: DoctorFinding, repaired: string | null): CheckResult {
  return {
    id: check.id,
    title: check.title,
    status: finding.status,
    detail: finding.detail,
    fix: finding.fix ?? null,
    repaired,
  };
}
