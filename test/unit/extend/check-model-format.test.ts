import { describe, expect, test } from 'vitest';
import { checkModelFormat } from '../../../src/lib/extend/checks/model-format.ts';
import { type CheckStep, createStep } from '../../../src/lib/extend/checks/steps.ts';
import createNative from '../../../src/lib/model/formats/native/format.ts';
import type { ModelFormat } from '../../../src/lib/model/types.ts';

async function check(change: (format: ModelFormat) => Partial<ModelFormat>): Promise<CheckStep[]> {
  const steps: CheckStep[] = [];
  const format = await createNative();
  await checkModelFormat({ ...bind(format), ...change(format) }, createStep(steps)).catch(() => {});
  return steps;
}

function bind(format: ModelFormat): ModelFormat {
  return {
    recognises: files => format.recognises(files),
    read: files => format.read(files),
    write: model => format.write(model),
  };
}

const failed = (steps: readonly CheckStep[]) =>
  steps.filter(({ status }) => status === 'fail').map(({ title }) => title);

describe('the contract of a model format', () => {
  test('our own form keeps it', async () => {
    const steps = await check(() => ({}));
    expect(failed(steps)).toEqual([]);
    expect(steps).toHaveLength(4);
  });

  test.each<[string, (format: ModelFormat) => Partial<ModelFormat>, string]>([
    ['writes nothing', () => ({ write: async () => new Map() }), 'writes a model'],
    ['does not know its own files', () => ({ recognises: () => false }), 'recognises what it wrote, and nothing else'],
    ['knows every file', () => ({ recognises: () => true }), 'recognises what it wrote, and nothing else'],
    [
      'loses the labels',
      format => ({ read: async files => ({ ...(await format.read(files)), labels: ['a', 'b'] }) }),
      'reads it back to the same scores',
    ],
    [
      'rounds the coefficients',
      format => ({
        read: async files => {
          const model = await format.read(files);
          const stages = model.stages.map(stage =>
            stage.kind === 'LogisticRegression'
              ? {
                  ...stage,
                  coefficients: { ...stage.coefficients, values: stage.coefficients.values.map(Math.fround) },
                }
              : stage,
          );
          return { ...model, stages };
        },
      }),
      'reads it back to the same scores',
    ],
    [
      'reads whatever it is given',
      format => {
        let whole: Parameters<ModelFormat['read']>[0] | undefined;
        return {
          read: files => {
            whole ??= files;
            return format.read(whole);
          },
        };
      },
      'refuses damaged files',
    ],
  ])('a format that %s fails', async (_title, change, step) => {
    expect(failed(await check(change))).toContain(step);
  });
});
