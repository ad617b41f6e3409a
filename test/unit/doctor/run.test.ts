import { describe, expect, test } from 'vitest';
import type { Project } from '../../../src/lib/config/types.ts';
import { SentopsError } from '../../../src/lib/core/errors.ts';
import { silent } from '../../../src/lib/core/report.ts';
import { type DoctorRequest, runDoctor } from '../../../src/lib/doctor/run.ts';
import type { DoctorCheck, DoctorFinding } from '../../../src/lib/doctor/types.ts';

function check(
  id: string,
  finding: DoctorFinding | (() => Promise<DoctorFinding>),
  more: Partial<DoctorCheck> = {},
): DoctorCheck {
  return { id, title: id, run: typeof finding === 'function' ? finding : async () => finding, ...more };
}

function examine(checks: readonly DoctorCheck[], more: Partial<DoctorRequest> = {}) {
  const signal = new AbortController().signal;
  const request = { cwd: '/', env: {}, home: undefined };
  return runDoctor({ checks, project: null, request, signal, report: silent, ...more });
}

const fine: DoctorFinding = { status: 'ok', detail: 'fine' };

describe('running checks', () => {
  test('a warning and a skipped check are no failure', async () => {
    const report = await examine([
      check('a', fine),
      check('b', { status: 'warn', detail: 'hm' }),
      check('c', { status: 'skip', detail: 'no' }),
    ]);
    expect(report.ok).toBe(true);
    expect(report.checks.map(({ id, status }) => [id, status])).toEqual([
      ['a', 'ok'],
      ['b', 'warn'],
      ['c', 'skip'],
    ]);
  });

  test('a check that throws is a failed check and keeps the hint of the error', async () => {
    const report = await examine([
      check('plain', async () => Promise.reject(new Error('boom'))),
      check('known', async () => Promise.reject(new SentopsError('NOT_FOUND', 'no bucket', { hint: 'make it' }))),
      check('fine', fine),
    ]);
    expect(report.ok).toBe(false);
    expect(report.checks[0]).toMatchObject({ status: 'fail', detail: 'boom', fix: null });
    expect(report.checks[1]).toMatchObject({ status: 'fail', detail: 'no bucket', fix: 'make it' });
    expect(report.checks[2]).toMatchObject({ status: 'ok' });
  });

  test('a check that hangs fails by its own limit, is told to stop, and holds up nobody', async () => {
    let told: unknown;
    const hanging = check('hang', () => new Promise(() => {}), {
      timeoutMs: 30,
      run: context => {
        context.signal.addEventListener('abort', () => {
          told = context.signal.reason;
        });
        return new Promise(() => {});
      },
    });
    const report = await examine([hanging, check('quick', fine)]);
    expect(report.checks[0]).toMatchObject({ status: 'fail', detail: 'no answer within 0.03 s' });
    expect(report.checks[1]?.status).toBe('ok');
    expect(told).toMatchObject({ code: 'TIMEOUT' });
  });

  test('checks run side by side: two that wait for each other both end', async () => {
    const first = Promise.withResolvers<void>();
    const second = Promise.withResolvers<void>();
    const report = await examine([
      check('one', async () => {
        first.resolve();
        await second.promise;
        return fine;
      }),
      check('two', async () => {
        second.resolve();
        await first.promise;
        return fine;
      }),
    ]);
    expect(report.ok).toBe(true);
  });

  test('Ctrl-C ends the run with its reason', async () => {
    const controller = new AbortController();
    const running = examine([check('hang', () => new Promise(() => {}))], { signal: controller.signal });
    controller.abort(new SentopsError('INTERRUPTED'));
    await expect(running).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });

  test('only what takes longer than a second is reported, by name', async () => {
    const labels: string[] = [];
    const slow = check('slow', () => new Promise(resolve => setTimeout(() => resolve(fine), 1_300)));
    await examine([check('quick', fine), slow], { report: event => event.type === 'step' && labels.push(event.label) });
    expect(labels).toEqual(['waiting for slow']);
    await examine([check('quick', fine)], { report: event => labels.push(event.type) });
    expect(labels).toHaveLength(1);
  });
});

describe('--only', () => {
  const checks = ['node', 'store.folder', 'store.buckets', 'storefront'].map(id => check(id, fine));

  test('chooses by id and by group, and a group is no prefix of a word', async () => {
    expect((await examine(checks, { only: ['store'] })).checks.map(({ id }) => id)).toEqual([
      'store.folder',
      'store.buckets',
    ]);
    expect((await examine(checks, { only: ['store.folder', 'node'] })).checks.map(({ id }) => id)).toEqual([
      'node',
      'store.folder',
    ]);
  });

  test('an unknown name is an error that knows better', async () => {
    await expect(examine(checks, { only: ['stor'] })).rejects.toMatchObject({
      code: 'FLAG_INVALID',
      message: expect.stringContaining('did you mean store'),
      hint: 'choose among: node, store, storefront',
    });
  });
});

describe('a check that does not apply', () => {
  const never: Partial<DoctorCheck> = { applies: () => false };
  const project = {} as Project;
  const checks = [check('spark.java', fine, never), check('node', fine), check('spark.python', fine, never)];

  test('is left out where nobody named it', async () => {
    expect((await examine(checks, { project })).checks.map(({ id }) => id)).toEqual(['node']);
    expect((await examine(checks)).checks.map(({ id }) => id)).toEqual(['node']);
  });

  test('is skipped with a reason where --only names it or its group: an empty table would read as sound', async () => {
    const report = await examine(checks, { project, only: ['spark', 'node'] });
    expect(report.ok).toBe(true);
    expect(report.checks.map(({ id, status }) => [id, status])).toEqual([
      ['spark.java', 'skip'],
      ['node', 'ok'],
      ['spark.python', 'skip'],
    ]);
    expect(report.checks[0]).toMatchObject({ detail: expect.stringContaining('not needed'), fix: null });
  });

  test('has failed where the project does not load, for then nobody knows, and is neither run nor repaired', async () => {
    const touched: string[] = [];
    const touch = async (): Promise<never> => {
      touched.push('touched');
      throw new Error('touched');
    };
    const named = check('spark.java', touch, { applies: () => true, repair: touch });
    const report = await examine([named], { only: ['spark.java'], fix: true });
    expect(report).toMatchObject({ ok: false, checks: [{ status: 'fail', fix: 'sentops config validate' }] });
    expect(touched).toEqual([]);
  });
});

describe('--fix', () => {
  test('mends, looks again, and says what it did', async () => {
    let broken = true;
    const report = await examine(
      [
        check('a', async () => (broken ? { status: 'fail', detail: 'broken', fix: 'mend it' } : fine), {
          repair: async () => {
            broken = false;
            return 'mended it';
          },
        }),
      ],
      { fix: true },
    );
    expect(report).toMatchObject({ ok: true, checks: [{ status: 'ok', detail: 'fine', repaired: 'mended it' }] });
  });

  test('without --fix nothing is touched, and what is sound is not repaired', async () => {
    const touched: string[] = [];
    const repairable = (id: string, finding: DoctorFinding) =>
      check(id, finding, {
        repair: async () => {
          touched.push(id);
          return '';
        },
      });
    await examine([repairable('a', { status: 'fail', detail: 'x' })]);
    expect(touched).toEqual([]);
    await examine(
      [
        repairable('a', { status: 'warn', detail: 'x' }),
        repairable('b', fine),
        repairable('c', { status: 'skip', detail: 'x' }),
      ],
      { fix: true },
    );
    expect(touched).toEqual(['a']);
  });

  test('a repair that fails leaves the finding and says why', async () => {
    const report = await examine(
      [
        check(
          'a',
          { status: 'fail', detail: 'broken' },
          { repair: async () => Promise.reject(new Error('read-only')) },
        ),
      ],
      { fix: true },
    );
    expect(report.checks[0]).toMatchObject({
      status: 'fail',
      detail: 'broken; the repair failed: read-only',
      repaired: null,
    });
  });
});
