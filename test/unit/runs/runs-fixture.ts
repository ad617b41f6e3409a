import type { RunRow } from '../../../src/lib/runs/run-row.ts';

/** A row of a run with what a test is about. */
export function row(values: Partial<RunRow> & { readonly name: string }): RunRow {
  return {
    runId: values.name.padEnd(32, '0'),
    experimentId: '1',
    experiment: 'reviews',
    status: 'FINISHED',
    lifecycle: 'active',
    startedAt: '2026-01-02T03:04:05.000Z',
    endedAt: '2026-01-02T03:04:15.000Z',
    seconds: 10,
    userId: 'ann',
    parentRunId: null,
    artifactUri: 'file:///artifacts',
    params: {},
    metrics: {},
    tags: {},
    datasets: [],
    ...values,
  };
}
