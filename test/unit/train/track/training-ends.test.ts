import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SentopsError } from '../../../../src/lib/core/errors.ts';
import type { TrainRequest } from '../../../../src/lib/train/request.ts';
import type { TrainSpec } from '../../../../src/lib/train/spec.ts';
import { type MemoryTracker, memoryTracker, runsOf } from './memory-tracker.ts';
import { PARENT, readTraining, reviewsFolder, trainInto, valuesOf } from './recorded-training.ts';

let dir: string;
beforeEach(() => {
  dir = reviewsFolder();
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const train = (tracker: MemoryTracker, spec: Partial<TrainSpec> = {}, request: Partial<TrainRequest> = {}) =>
  trainInto(dir, tracker, spec, request);

describe('a tracker that fails', () => {
  const dead = () => new SentopsError('REMOTE_UNAVAILABLE', 'the server is gone', { hint: 'start it again' });

  test('at the start ends the job before it costs anything', async () => {
    const tracker = memoryTracker({
      before: event => {
        if (event.startsWith('runs.create')) throw dead();
      },
    });
    const seen: string[] = [];
    const report = (event: object) => void ('label' in event && seen.push(String(event.label)));
    await expect(train(tracker, {}, { report })).rejects.toMatchObject({ code: 'REMOTE_UNAVAILABLE' });
    expect(seen).toEqual([]);
    expect(fs.existsSync(path.join(dir, 'models'))).toBe(false);
  });

  test.each(['artifacts.write MLmodel', 'runs.logInputs', 'models.createVersion mood-best', 'runs.log metrics'])(
    'at %s does not lose the models, and says how to register them',
    async moment => {
      const tracker = memoryTracker({
        before: event => {
          if (event.startsWith(moment)) throw dead();
        },
      });
      const report = await train(tracker);
      expect(report.tracking?.failure).toMatchObject({
        code: 'REMOTE_UNAVAILABLE',
        message: expect.stringContaining('the server is gone'),
        hint: expect.stringContaining(
          `sentops model register mood-best --model-path ${dir}/models/best-model-naivebayes`,
        ),
      });
      expect(report.best?.registered).toBeNull();
      expect(readTraining(dir)).toEqual({ schemaVersion: 1, ...report });
      expect(fs.existsSync(path.join(dir, 'models/best-model-naivebayes/MLmodel'))).toBe(true);
      expect((await runsOf(tracker)).get(PARENT)?.status).toBe('FAILED');
      expect(tracker.isClosed()).toBe(true);
    },
  );

  test('in the upload leaves no version and a logged model that says so', async () => {
    let mlmodels = 0;
    const tracker = memoryTracker({
      before: event => {
        if (event === 'artifacts.write MLmodel' && ++mlmodels === 1) throw dead();
      },
    });
    await train(tracker);
    expect(tracker.versions).toEqual([]);
    expect([...tracker.logged.values()].map(({ status }) => status)).toEqual(['UPLOAD_FAILED']);
  });

  test('between two versions tells of the one that was made', async () => {
    const tracker = memoryTracker({
      before: event => {
        if (event === 'models.createVersion mood-best') throw dead();
      },
    });
    const report = await train(tracker);
    expect(report.models[0]?.registered).toEqual({ name: 'mood-naivebayes', version: 1 });
    expect(report.best?.registered).toBeNull();
  });
});

describe('a training that ends early', () => {
  test('by a failure marks its runs as failed, with the reason', async () => {
    const tracker = memoryTracker();
    const wrong = { params: { naivebayes: { smoothing: -1 } } };
    await expect(train(tracker, wrong)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    for (const run of (await runsOf(tracker)).values()) {
      expect([run.name, run.status]).toEqual([run.name, 'FAILED']);
      expect(run.endTime).toBeGreaterThan(0);
      expect(run.tags['sentops.error']).toContain('smoothing must be at least 0');
    }
    expect((await runsOf(tracker)).size).toBe(2);
    expect(tracker.isClosed()).toBe(true);
  });

  test.each([/^read rows/, /^fit naivebayes/, /^write models/, /^record the runs/])(
    'by Ctrl-C at %s marks its runs as killed and registers nothing',
    async moment => {
      const stop = new AbortController();
      const tracker = memoryTracker();
      const report = (event: object) => {
        if ('label' in event && moment.test(String(event.label))) stop.abort(new SentopsError('INTERRUPTED'));
      };
      await expect(train(tracker, {}, { signal: stop.signal, report })).rejects.toMatchObject({ code: 'INTERRUPTED' });
      const runs = [...(await runsOf(tracker)).values()];
      expect(runs.length).toBeGreaterThan(0);
      expect(new Set(runs.map(({ status }) => status))).toEqual(new Set(['KILLED']));
      expect(tracker.versions).toEqual([]);
      expect(tracker.isClosed()).toBe(true);
    },
  );

  test('by Ctrl-C keeps the numbers that were on their way', async () => {
    const stop = new AbortController();
    const tracker = memoryTracker();
    const report = (event: object) => {
      if ('done' in event && 'label' in event && event.label === 'fit logisticregression' && event.done === 2)
        stop.abort(new SentopsError('INTERRUPTED'));
    };
    await expect(train(tracker, { models: ['logisticregression'] }, { signal: stop.signal, report })).rejects.toThrow();
    const run = (await runsOf(tracker)).get('LogisticRegression');
    expect([run?.status, valuesOf(run)['objective']]).toEqual(['KILLED', expect.any(Number)]);
  });

  test('by Ctrl-C while the runs are recorded leaves an output that the next training takes', async () => {
    const stop = new AbortController();
    const tracker = memoryTracker();
    const report = (event: object) => {
      if ('label' in event && String(event.label) === 'record the runs') stop.abort(new SentopsError('INTERRUPTED'));
    };
    await expect(train(tracker, {}, { signal: stop.signal, report })).rejects.toThrow();
    expect(readTraining(dir).tracking?.parentRunId).toBe((await runsOf(tracker)).get(PARENT)?.runId);
    const next = await train(memoryTracker());
    expect(next.best?.registered?.version).toBe(1);
  });
});
